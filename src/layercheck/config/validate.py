"""From the tables of one configuration file to values; whatever is not understood is an error that names file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from layercheck.config.patterns import check_pattern, rebase
from layercheck.config.select import fits
from layercheck.config.settings import EFFECT_NAMES, LAYER_NAMES, Override, RuleOptions
from layercheck.config.toml import Document, Keys, kind, suggest
from layercheck.model import Profile, Rule

_HINTS = {
    "per-file-ignores": "use [[tool.layercheck.overrides]] with paths and ignore",
    "disable": "use ignore",
    "enable": "use extend-select",
    "files": "name the files on the command line",
    "include": "name the files on the command line",
}
"""What people bring along from other tools."""
_FEW = 6
"""Up to so many known keys are listed where none is close to an unknown one."""
_PYTHON = {bool: "a boolean", int: "an integer", str: "a string"}


class Reader:
    """Reads one file. `rules` are those of the registry; without them rule names and options are not validated (nor read).

    `root` is what patterns are made relative to.
    """

    def __init__(self, document: Document, rules: Sequence[Rule], root: str) -> None:
        self.document = document
        self.rules = rules
        self.root = root

    def read(self) -> dict[str, Any]:
        """The keys that the file sets, named as the fields of Settings; `layers` is a dict of LayerSettings' fields."""
        readers: dict[str, Callable[[Keys, Any], Any]] = {
            "profile": self._profile,
            "select": self._selectors,
            "ignore": self._selectors,
            "extend-select": self._selectors,
            "exclude": self._patterns,
            "extend-exclude": self._patterns,
            "respect-gitignore": self._boolean,
            "force-exclude": self._boolean,
            "cache-dir": self._path,
            "readme-names": self._file_names,
            "layers": self._layers,
            "rules": self._options,
            "overrides": self._overrides,
            "extend": self._string,
        }
        values: dict[str, Any] = {}
        for key, value in self._table((), self.document.table, readers).items():
            name = "options" if key == "rules" else key.replace("-", "_")
            values[name] = readers[key]((key,), value)
        return values

    # ------------------------------------------------------------------------------------------------------ simple values

    def _table(self, keys: Keys, value: Any, known: Iterable[str] | None) -> dict[str, Any]:
        """A table that has only known keys (None: whichever)."""
        name = _name(keys)
        if not isinstance(value, dict):
            raise self.document.error(keys, f"{name} must be a table, not {kind(value)}")
        if known is not None:
            for key in value:
                if key not in known:
                    what = f"unknown key {key!r}" + (f" in {name}" if keys else "")
                    hint = f"; {_HINTS[key]}" if not keys and key in _HINTS else suggest(key.replace("_", "-"), known)
                    if not hint and len(names := list(known)) <= _FEW:
                        hint = f"; there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
                    raise self.document.error((*keys, key), what + hint)
        return value

    def _string(self, keys: Keys, value: Any) -> str:
        if not isinstance(value, str):
            raise self.document.error(keys, f"{_name(keys)} must be a string, not {kind(value)}")
        if not value.strip():
            raise self.document.error(keys, f"{_name(keys)} must not be empty")
        return value

    def _strings(self, keys: Keys, value: Any) -> tuple[str, ...]:
        name = _name(keys)
        if isinstance(value, str):
            raise self.document.error(keys, f'{name} must be a list of strings, not a string: write ["{value}"]')
        if not isinstance(value, list):
            raise self.document.error(keys, f"{name} must be a list of strings, not {kind(value)}")
        for number, entry in enumerate(value, 1):
            if not isinstance(entry, str):
                raise self.document.error(keys, f"{name} must hold strings only; number {number} is {kind(entry)}")
        return tuple(value)

    def _boolean(self, keys: Keys, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.document.error(keys, f"{_name(keys)} must be true or false, not {kind(value)}")
        return value

    def _profile(self, keys: Keys, value: Any) -> str:
        text = self._string(keys, value)
        if text not in (Profile.DEFAULT, Profile.STRICT):
            raise self.document.error(keys, f'profile must be "default" or "strict", not {text!r}')
        return text

    def _path(self, keys: Keys, value: Any) -> str:
        import os

        text = os.path.expanduser(self._string(keys, value))
        return os.path.normpath(os.path.join(self.document.folder, text))

    def _patterns(self, keys: Keys, value: Any) -> tuple[str, ...]:
        out: list[str] = []
        for pattern in self._strings(keys, value):
            self._check_pattern(keys, pattern)
            out.extend(rebase(pattern, self.document.folder, self.root))
        return tuple(dict.fromkeys(out))

    def _check_pattern(self, keys: Keys, pattern: str) -> None:
        wrong = check_pattern(pattern)
        if wrong:
            raise self.document.error(keys, f"{_name(keys)}: {pattern!r}: {wrong}", pattern)

    def _file_names(self, keys: Keys, value: Any) -> tuple[str, ...]:
        names = self._strings(keys, value)
        for name in names:
            if not name.strip() or "/" in name:
                raise self.document.error(keys, f"{_name(keys)}: {name!r} is no file name", name)
        return names

    def _one_of(self, keys: Keys, value: Any, what: str, known: Sequence[str]) -> tuple[str, ...]:
        names = self._strings(keys, value)
        for name in names:
            if name not in known:
                raise self.document.error(
                    keys, f"{_name(keys)}: unknown {what} {name!r}{_choices(name, known)}", value=name
                )
        return names

    def _selectors(self, keys: Keys, value: Any) -> tuple[str, ...]:
        selectors = self._strings(keys, value)
        for selector in selectors:
            wrong = wrong_selector(selector, self.rules)
            if wrong:
                raise self.document.error(keys, f"{_name(keys)}: {wrong}", selector)
        return selectors

    # ------------------------------------------------------------------------------------------------------------- tables

    def _layers(self, keys: Keys, value: Any) -> dict[str, Any]:
        values: dict[str, Any] = {}
        forbid: list[tuple[str, tuple[str, ...]]] = []
        for key, inner in self._table(keys, value, ("order", "open", "modules", *LAYER_NAMES)).items():
            way = (*keys, key)
            if key == "order":
                values[key] = self._one_of(way, inner, "layer", LAYER_NAMES)
                if len(set(values[key])) != len(values[key]):
                    raise self.document.error(way, f"{_name(way)} names a layer twice")
            elif key == "open":
                every = {True: LAYER_NAMES, False: ()}
                values[key] = (
                    every[inner] if isinstance(inner, bool) else self._one_of(way, inner, "layer", LAYER_NAMES)
                )
            elif key == "modules":
                table = self._table(way, inner, LAYER_NAMES)
                values[key] = tuple((name, self._modules((*way, name), globs)) for name, globs in table.items())
            else:
                contract = self._table(way, inner, ("forbid",))
                if "forbid" in contract:
                    effects = self._one_of((*way, "forbid"), contract["forbid"], "effect", EFFECT_NAMES)
                    forbid.append((key, effects))
        if forbid:
            values["forbid"] = tuple(forbid)
        return values

    def _modules(self, keys: Keys, value: Any) -> tuple[str, ...]:
        """Globs of paths (with a slash), or of dotted module names, which count from the root whoever writes them."""
        out: list[str] = []
        for pattern in self._strings(keys, value):
            self._check_pattern(keys, pattern)
            out.extend(rebase(pattern, self.document.folder, self.root) if "/" in pattern else (pattern,))
        return tuple(out)

    def _options(self, keys: Keys, value: Any) -> RuleOptions:
        out = []
        for name, table in self._table(keys, value, None).items():
            way = (*keys, name)
            if not self.rules:
                continue
            rule = next((r for r in self.rules if name in (r.name, r.code)), None)
            if rule is None:
                raise self.document.error(way, f"unknown rule {name!r}{suggest(name, _names(self.rules))}")
            options = {o.name: o for o in rule.options}
            found = []
            for key, entry in self._table(way, table, None).items():
                if key not in options:
                    text = f"{rule.name} has no option {key!r}"
                    text += _choices(key, list(options)) if options else "; it has none at all"
                    raise self.document.error((*way, key), text)
                found.append((key, self._typed((*way, key), options[key].default, entry)))
            out.append((rule.name, tuple(found)))
        return tuple(out)

    def _typed(self, keys: Keys, default: Any, value: Any) -> Any:
        if isinstance(default, tuple):
            return self._strings(keys, value)
        if type(value) is not type(default):
            raise self.document.error(keys, f"{_name(keys)} must be {_PYTHON[type(default)]}, not {kind(value)}")
        return value

    def _overrides(self, keys: Keys, value: Any) -> tuple[Override, ...]:
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            text = f"overrides must be an array of tables, each under {self._header('overrides')}"
            raise self.document.error(keys, text)
        out = []
        for number, entry in enumerate(value):
            way = (*keys, number)
            table = self._table(way, entry, ("paths", "select", "ignore", "extend-select", "rules"))
            if not table.get("paths"):
                raise self.document.error(way, "an override needs paths, a list of patterns")
            if len(table) == 1:
                raise self.document.error(
                    way, "an override needs select, ignore, extend-select or rules beside its paths"
                )
            out.append(
                Override(
                    self._patterns((*way, "paths"), table["paths"]),
                    self._selectors((*way, "select"), table["select"]) if "select" in table else None,
                    self._selectors((*way, "ignore"), table.get("ignore", [])),
                    self._selectors((*way, "extend-select"), table.get("extend-select", [])),
                    self._options((*way, "rules"), table.get("rules", {})),
                )
            )
        return tuple(out)

    def _header(self, key: str) -> str:
        return f"[[{'.'.join([*map(str, self.document.prefix), key])}]]"


def wrong_selector(selector: str, rules: Sequence[Rule]) -> str:
    """What is wrong with a selector, '' when nothing is or when there are no rules to compare it with."""
    if not rules or selector.upper() == "ALL" or any(fits(selector, rule) for rule in rules):
        return ""
    return f"no rule fits {selector!r}{suggest(_near(selector), _names(rules))}"


def _near(selector: str) -> str:
    return selector.upper() if selector[:2].upper() == "LC" else selector.lower().replace("_", "-")


def _names(rules: Sequence[Rule]) -> list[str]:
    return [r.name for r in rules] + [r.code for r in rules]


def _choices(word: str, known: Sequence[str]) -> str:
    return suggest(word, known) or f"; there are {', '.join(known)}"


def _name(keys: Keys) -> str:
    """The dotted name of a key for messages; an override is one of several."""
    if keys[:1] == ("overrides",) and len(keys) == 2:
        return "this override"
    return ".".join(str(k) for k in keys if isinstance(k, str)) or "the configuration"
