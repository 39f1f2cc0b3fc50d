"""The settings as values: frozen, hashable, without any idea of where they came from."""

from __future__ import annotations

from collections.abc import Iterable

from layercheck.config.patterns import matches_any
from layercheck.model import Profile, Rule
from layercheck.tuples import NamedTuple

LAYER_NAMES = ("routes", "services", "repositories", "models", "schemas")
EFFECT_NAMES = ("http-framework", "sql", "write", "commit", "rollback", "flush", "block", "http")
"""What a layer can be forbidden to do: `layers.<layer>.forbid`."""
DEFAULT_EXCLUDE = (
    ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "ENV", "node_modules", "__pycache__", "site-packages", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", "build", "dist", "*.egg-info", ".eggs", "buck-out", "__pypackages__",
)  # fmt: skip
DEFAULT_README_NAMES = ("README.md",)
OptionValue = int | bool | str | tuple[str, ...]
RuleOptions = tuple[tuple[str, tuple[tuple[str, OptionValue], ...]], ...]
"""((rule name, ((option, value), ...)), ...)"""


class LayerSettings(NamedTuple):
    """`[tool.layercheck.layers]`: which modules are which layer, which layers may be skipped, what a layer must not do."""

    modules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    order: tuple[str, ...] = LAYER_NAMES
    open: tuple[str, ...] = ()
    forbid: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Selection(NamedTuple):
    """One layer of choosing rules: `select` starts anew (None: it does not), the other two change what is below."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


class Override(NamedTuple):
    """`[[tool.layercheck.overrides]]`: other rules or options for some paths; later ones win."""

    paths: tuple[str, ...]
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    options: RuleOptions = ()


class Settings(NamedTuple):
    """Everything that decides what is checked and how. Patterns are relative to `root`, wherever they were written."""

    root: str
    """The absolute path of the project."""
    config_path: str | None = None
    profile: str = Profile.DEFAULT
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    inherited: tuple[Selection, ...] = ()
    """What extended files select, the outermost first, and below a command line what the project's file selects."""
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    layers: LayerSettings = LayerSettings()
    overrides: tuple[Override, ...] = ()
    options: RuleOptions = ()
    cache_dir: str | None = None
    readme_names: tuple[str, ...] = DEFAULT_README_NAMES

    def option(self, rule: Rule, name: str, path: str | None = None) -> OptionValue:
        """The value of a rule's option, for a path where overrides set it; KeyError for an option the rule does not declare."""
        for option in rule.options:
            if option.name == name:
                found = _look_up(self.options, rule.name, name, option.default)
                break
        else:
            raise KeyError(f"{rule.name} has no option {name}")
        if path is not None:
            for override in self.overrides:
                if override.options and matches_any(path, override.paths):
                    found = _look_up(override.options, rule.name, name, found)
        return found

    def names_of(self, rule_name: str, option: str) -> tuple[str, ...]:
        """A list of names that a query needs from a rule's options, for the whole project; empty when nothing is set."""
        found = _look_up(self.options, rule_name, option, ())
        return found if isinstance(found, tuple) else ()

    def is_readme(self, name: str) -> bool:
        """Whether a file of this name counts as its folder's README (any case)."""
        lowered = name.lower()
        return any(lowered == known.lower() for known in self.readme_names)


def _look_up(options: RuleOptions, rule: str, name: str, default: OptionValue) -> OptionValue:
    for rule_name, values in options:
        if rule_name == rule:
            for key, value in values:
                if key == name:
                    return value
    return default


def merge_options(old: RuleOptions, new: RuleOptions) -> RuleOptions:
    """Both; where they name the same option of the same rule, `new` wins."""
    if not old or not new:
        return old or new
    table: dict[str, dict[str, OptionValue]] = {}
    for name, values in (*old, *new):
        table.setdefault(name, {}).update(values)
    return tuple((name, tuple(values.items())) for name, values in table.items())


def merge_table(
    old: Iterable[tuple[str, tuple[str, ...]]], new: Iterable[tuple[str, tuple[str, ...]]]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Both, as a table of name to values; of a name that both have, `new`'s values."""
    return tuple((dict(old) | dict(new)).items())


def fingerprint(settings: Settings) -> str:
    """A text that is the same exactly when the settings lead to the same findings: in every run and for every checkout."""
    return repr(settings._replace(root="", cache_dir=None, config_path=None))
