"""Which rules run on which file.

Rules are chosen in layers, lowest first: the profile, extended files, the project's file, the command line, the overrides that fit
the path. In a layer the closer selector wins (a code or name over a longer prefix over a shorter one over ALL), ignoring wins a draw;
a layer with `select` starts anew, and a layer says nothing of rules that it does not mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layercheck.config.patterns import matches_any
from layercheck.config.settings import Override, Selection, Settings
from layercheck.model import Profile, Rule

_EXACT = 100


def fits(selector: str, rule: Rule) -> int:
    """How closely a selector fits a rule: 0 not at all, 1 `ALL`, then a prefix by its length, most the code or the name."""
    upper = selector.upper()
    if upper == rule.code or selector.lower() == rule.name:
        return _EXACT
    if upper == "ALL":
        return 1
    if upper[:2] == "LC" and (len(upper) == 2 or upper[2:].isdigit()) and rule.code.startswith(upper):
        return 1 + len(upper)
    return 0


def _closest(selectors: Iterable[str], rule: Rule) -> int:
    return max((fits(selector, rule) for selector in selectors), default=0)


def apply(enabled: bool, selection: Selection | Override, rule: Rule) -> bool:
    """Whether a rule that the layers below enable or not is enabled with this layer on top."""
    add, drop = _closest(selection.extend_select, rule), _closest(selection.ignore, rule)
    if selection.select is not None:
        return max(add, _closest(selection.select, rule)) > drop
    return add > drop if add or drop else enabled


class Selector:
    """The choice for one project; remembers its answers, of which there are few: one for every combination of overrides."""

    def __init__(self, settings: Settings, rules: Sequence[Rule]) -> None:
        self.settings = settings
        self.rules = tuple(rules)
        self._overrides = [o for o in settings.overrides if o.select is not None or o.ignore or o.extend_select]
        self._known: dict[tuple[bool, ...], frozenset[str]] = {}

    def codes(self, path: str | None = None) -> frozenset[str]:
        """The codes of the rules that run: on a path relative to the root, or where no override fits."""
        active = tuple([path is not None and matches_any(path, o.paths) for o in self._overrides])
        found = self._known.get(active)
        if found is None:
            overrides = [o for o, fitting in zip(self._overrides, active, strict=True) if fitting]
            found = self._known[active] = frozenset(r.code for r in self.rules if self._enabled(r, overrides))
        return found

    def _enabled(self, rule: Rule, overrides: list[Override]) -> bool:
        settings = self.settings
        enabled = rule.profile == Profile.DEFAULT or settings.profile == Profile.STRICT
        own = Selection(settings.select, settings.ignore, settings.extend_select)
        layers: list[Selection | Override] = [*settings.inherited, own, *overrides]
        for selection in layers:
            enabled = apply(enabled, selection, rule)
        return enabled


_last: Selector | None = None


def selected(settings: Settings, rules: Sequence[Rule], path: str | None = None) -> frozenset[str]:
    """The codes of the rules that run on a path relative to the root, or where no override fits."""
    global _last
    selector = _last
    if selector is None or selector.settings is not settings or selector.rules != tuple(rules):
        selector = _last = Selector(settings, rules)
    return selector.codes(path)
