"""`[tool.layercheck]` in pyproject.toml, or layercheck.toml: where the project begins and what is checked in it.

The project root does not depend on which of its files are checked: it is the nearest folder, from the first checked path upward,
whose layercheck.toml or pyproject.toml configures layercheck; else the nearest with .git; else the nearest with a Python project
file; else the given folder. Everything that cannot be understood is an error that names the file, and the line where it is known.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from layercheck.model import LayercheckError, Option, Profile, Rule

_PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt")
_KEYS = frozenset({
    "profile", "select", "ignore", "extend-select", "exclude", "extend-exclude", "respect-gitignore", "cache-dir", "layers", "rules",
    "overrides", "extend", "force-exclude",
})  # fmt: skip
_OVERRIDE_KEYS = frozenset({"paths", "select", "ignore", "extend-select", "rules"})
LAYER_NAMES = ("routes", "services", "repositories", "models", "schemas")
DEFAULT_EXCLUDE = (
    ".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "ENV", "node_modules", "__pycache__", "site-packages", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", "build", "dist", "*.egg-info", ".eggs", "buck-out", "__pypackages__",
)  # fmt: skip
OptionValue = int | bool | str | tuple[str, ...]
RuleOptions = tuple[tuple[str, tuple[tuple[str, OptionValue], ...]], ...]


class LayerSettings(NamedTuple):
    """`[tool.layercheck.layers]`: which modules are which layer, which layers may be skipped, what a layer must not do."""

    modules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    order: tuple[str, ...] = LAYER_NAMES
    open: tuple[str, ...] = ()
    forbid: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Override(NamedTuple):
    """`[[tool.layercheck.overrides]]`: other rules or options for some paths; later ones win."""

    paths: tuple[str, ...]
    select: tuple[str, ...] | None
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    options: RuleOptions


class Settings(NamedTuple):
    """Everything that decides what is checked and how; frozen and hashable."""

    root: str
    config_path: str | None = None
    profile: str = Profile.DEFAULT
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    layers: LayerSettings = LayerSettings()
    overrides: tuple[Override, ...] = ()
    options: RuleOptions = ()
    cache_dir: str | None = None

    def option(self, rule: Rule, name: str, path: str | None = None) -> OptionValue:
        """The value of a rule's option, for a path where overrides set it; KeyError for an option the rule does not declare."""
        found: OptionValue | None = None
        for option in rule.options:
            if option.name == name:
                found = option.default
        if found is None:
            raise KeyError(f"{rule.name} has no option {name}")
        found = _look_up(self.options, rule.name, name, found)
        if path is not None:
            for override in self.overrides:
                if matches_any(path, override.paths):
                    found = _look_up(override.options, rule.name, name, found)
        return found


def _look_up(options: RuleOptions, rule: str, name: str, default: OptionValue) -> OptionValue:
    for rule_name, values in options:
        if rule_name == rule:
            for key, value in values:
                if key == name:
                    return value
    return default


def matches_any(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path relative to the root fits one of the glob patterns (`**` crosses folders; a folder means all below it)."""
    return any(_pattern(p).fullmatch(path) is not None for p in patterns)


_compiled: dict[str, re.Pattern[str]] = {}


def _pattern(pattern: str) -> re.Pattern[str]:
    found = _compiled.get(pattern)
    if found is None:
        text = pattern.strip("/") if not pattern.endswith("/**") else pattern
        out, i = "", 0
        while i < len(text):
            if text.startswith("**/", i):
                out, i = out + "(?:.*/)?", i + 3
            elif text.startswith("**", i):
                out, i = out + ".*", i + 2
            elif text[i] == "*":
                out, i = out + "[^/]*", i + 1
            elif text[i] == "?":
                out, i = out + "[^/]", i + 1
            else:
                out, i = out + re.escape(text[i]), i + 1
        prefix = "" if "/" in text else "(?:.*/)?"
        found = _compiled[pattern] = re.compile(f"{prefix}{out}(?:/.*)?")
    return found


# ------------------------------------------------------------------------------------------------------- finding it


def find_root(start: str) -> tuple[str, str | None]:
    """(project root, configuration file or None) for a file or folder."""
    folder = os.path.abspath(start)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    first_git = first_project = None
    here = folder
    while True:
        for name in ("layercheck.toml", "pyproject.toml"):
            path = os.path.join(here, name)
            if os.path.isfile(path) and (name == "layercheck.toml" or _has_table(path)):
                return here, path
        if first_git is None and os.path.exists(os.path.join(here, ".git")):
            first_git = here
        if first_project is None and any(os.path.isfile(os.path.join(here, n)) for n in _PROJECT_FILES):
            first_project = here
        parent = os.path.dirname(here)
        if parent == here:
            return first_git or first_project or folder, None
        here = parent


def _has_table(path: str) -> bool:
    try:
        with open(path, "rb") as handle:
            return b"tool.layercheck" in handle.read()
    except OSError:
        return False


def _read(path: str) -> dict[str, Any]:
    import tomllib

    try:
        with open(path, "rb") as handle:
            data = tomllib.load(handle)
    except OSError as error:
        raise LayercheckError(f"{path}: cannot be read: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise LayercheckError(f"{path}: not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise LayercheckError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    if os.path.basename(path) == "pyproject.toml":
        table = data.get("tool", {}).get("layercheck", {})
    else:
        table = data.get("tool", {}).get("layercheck", data) if "tool" in data else data
    if not isinstance(table, dict):
        raise LayercheckError(f"{path}: tool.layercheck must be a table")
    return table


class _Source:
    """One configuration file while it is read: says where a key stands."""

    def __init__(self, path: str) -> None:
        self.path = path

    def error(self, key: str, text: str) -> LayercheckError:
        line = self._line(key)
        return LayercheckError(f"{self.path}:{line}: {text}" if line else f"{self.path}: {text}")

    def _line(self, key: str) -> int | None:
        last = key.rpartition(".")[2]
        try:
            with open(self.path, encoding="utf-8") as handle:
                for number, text in enumerate(handle, 1):
                    if re.match(rf"\s*\[*\s*(?:[\w.-]+\.)?[\"']?{re.escape(last)}[\"']?\s*(?:=|\])", text):
                        return number
        except (OSError, UnicodeDecodeError):
            return None
        return None


def _suggest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def load_settings(
    start: str | os.PathLike[str] | None = None,
    *,
    config_file: str | os.PathLike[str] | None = None,
    isolated: bool = False,
    overrides: Mapping[str, Any] | None = None,
    rules: Sequence[Rule] = (),
) -> Settings:
    """The settings for a file or folder. `overrides` are keys of Settings from the command line and win over files.

    Raises LayercheckError for anything in a configuration that is not understood: unknown keys, rules, wrong types.
    """
    root, found = find_root(os.fspath(start) if start is not None else os.getcwd())
    if config_file is not None:
        if not os.path.isfile(config_file):
            raise LayercheckError(f"{os.fspath(config_file)}: no such configuration file")
        found = os.path.abspath(os.fspath(config_file))
        root = os.path.dirname(found)
    if isolated:
        found = None
    values: dict[str, Any] = {}
    if found is not None:
        values = _settings_of(found, rules, ())
    settings = Settings(root=root, config_path=found, **values)
    if overrides:
        settings = settings._replace(**{k: v for k, v in overrides.items() if v is not None})
    check_selectors(settings, rules)
    return settings


def _settings_of(path: str, rules: Sequence[Rule], seen: tuple[str, ...]) -> dict[str, Any]:
    source = _Source(path)
    if path in seen:
        raise LayercheckError(f"{path}: extend goes in a circle: {' -> '.join([*seen, path])}")
    table = _read(path)
    values: dict[str, Any] = {}
    base = table.get("extend")
    if base is not None:
        if not isinstance(base, str):
            raise source.error("extend", "extend must be a path")
        target = os.path.normpath(os.path.join(os.path.dirname(path), os.path.expanduser(base)))
        if not os.path.isfile(target):
            raise source.error("extend", f"extend: no such file: {target}")
        values = _settings_of(target, rules, (*seen, path))
    for key, value in table.items():
        if key not in _KEYS:
            raise source.error(key, f"unknown key {key!r}{_suggest(key, _KEYS)}")
        if key == "extend":
            continue
        if key == "profile":
            if value not in (Profile.DEFAULT, Profile.STRICT):
                raise source.error(key, f'profile must be "default" or "strict", not {value!r}')
            values["profile"] = value
        elif key in ("select", "ignore", "extend-select", "exclude", "extend-exclude"):
            values[key.replace("-", "_")] = _strings(source, key, value)
        elif key in ("respect-gitignore", "force-exclude"):
            if not isinstance(value, bool):
                raise source.error(key, f"{key} must be true or false")
            values[key.replace("-", "_")] = value
        elif key == "cache-dir":
            if not isinstance(value, str):
                raise source.error(key, "cache-dir must be a path")
            values["cache_dir"] = os.path.normpath(os.path.join(os.path.dirname(path), os.path.expanduser(value)))
        elif key == "layers":
            values["layers"] = _layers(source, value)
        elif key == "rules":
            values["options"] = _merge(values.get("options", ()), _options(source, value, rules))
        elif key == "overrides":
            values["overrides"] = values.get("overrides", ()) + _overrides(source, value, rules)
    return values


def _strings(source: _Source, key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise source.error(key, f"{key} must be a list of strings")
    return tuple(value)


def _layers(source: _Source, table: Any) -> LayerSettings:
    if not isinstance(table, dict):
        raise source.error("layers", "layers must be a table")
    settings = LayerSettings()
    for key, value in table.items():
        if key == "order":
            settings = settings._replace(order=_strings(source, key, value))
        elif key == "open":
            settings = settings._replace(
                open=tuple(LAYER_NAMES) if value is True else () if value is False else _strings(source, key, value)
            )
        elif key == "modules":
            if not isinstance(value, dict):
                raise source.error(key, "layers.modules must be a table of layer = [patterns]")
            for layer in value:
                if layer not in LAYER_NAMES:
                    raise source.error(layer, f"unknown layer {layer!r}{_suggest(layer, LAYER_NAMES)}")
            settings = settings._replace(
                modules=tuple((layer, _strings(source, layer, globs)) for layer, globs in value.items())
            )
        elif key in LAYER_NAMES and isinstance(value, dict):
            for inner in value:
                if inner != "forbid":
                    raise source.error(inner, f"unknown key {inner!r} of layers.{key}{_suggest(inner, ['forbid'])}")
            settings = settings._replace(
                forbid=(*settings.forbid, (key, _strings(source, "forbid", value.get("forbid", []))))
            )
        else:
            known = ("order", "open", "modules", *LAYER_NAMES)
            raise source.error(key, f"unknown key {key!r} of layers{_suggest(key, known)}")
    return settings


def _options(source: _Source, table: Any, rules: Sequence[Rule]) -> RuleOptions:
    if not isinstance(table, dict):
        raise source.error("rules", "rules must be a table of rule names")
    by_name = {r.name: r for r in rules} | {r.code: r for r in rules}
    out = []
    for name, values in table.items():
        rule = by_name.get(name)
        if rule is None:
            if rules:
                raise source.error(name, f"unknown rule {name!r}{_suggest(name, [r.name for r in rules])}")
            continue
        if not isinstance(values, dict):
            raise source.error(name, f"rules.{name} must be a table of options")
        declared = {o.name: o for o in rule.options}
        found = []
        for key, value in values.items():
            option = declared.get(key)
            if option is None:
                raise source.error(key, f"{rule.name} has no option {key!r}{_suggest(key, declared)}")
            found.append((key, _typed(source, rule, option, value)))
        out.append((rule.name, tuple(found)))
    return tuple(out)


def _typed(source: _Source, rule: Rule, option: Option, value: Any) -> OptionValue:
    kind = type(option.default)
    if kind is tuple:
        return _strings(source, option.name, value)
    if type(value) is not kind:
        raise source.error(
            option.name, f"{rule.name}.{option.name} must be of type {kind.__name__}, not {type(value).__name__}"
        )
    found: OptionValue = value
    return found


def _merge(old: RuleOptions, new: RuleOptions) -> RuleOptions:
    table: dict[str, dict[str, OptionValue]] = {}
    for name, values in (*old, *new):
        table.setdefault(name, {}).update(values)
    return tuple((name, tuple(values.items())) for name, values in table.items())


def _overrides(source: _Source, value: Any, rules: Sequence[Rule]) -> tuple[Override, ...]:
    if not isinstance(value, list):
        raise source.error("overrides", "overrides must be an array of tables: [[tool.layercheck.overrides]]")
    out = []
    for entry in value:
        for key in entry:
            if key not in _OVERRIDE_KEYS:
                raise source.error(key, f"unknown key {key!r} of overrides{_suggest(key, _OVERRIDE_KEYS)}")
        if "paths" not in entry:
            raise source.error("overrides", "every override needs paths = [...]")
        out.append(
            Override(
                _strings(source, "paths", entry["paths"]),
                _strings(source, "select", entry["select"]) if "select" in entry else None,
                _strings(source, "ignore", entry.get("ignore", [])),
                _strings(source, "extend-select", entry.get("extend-select", [])),
                _options(source, entry.get("rules", {}), rules),
            )
        )
    return tuple(out)


# --------------------------------------------------------------------------------------------------------- selecting


def check_selectors(settings: Settings, rules: Sequence[Rule]) -> None:
    """Raises LayercheckError for a selector that fits no rule."""
    if not rules:
        return
    groups = [settings.select or (), settings.ignore, settings.extend_select]
    for override in settings.overrides:
        groups += [override.select or (), override.ignore, override.extend_select]
    for selector in (s for group in groups for s in group):
        if not any(_fits(selector, rule) for rule in rules):
            known = [r.code for r in rules] + [r.name for r in rules]
            where = f"{settings.config_path}: " if settings.config_path else ""
            raise LayercheckError(f"{where}no rule fits {selector!r}{_suggest(selector, known)}")


def _fits(selector: str, rule: Rule) -> bool:
    return (
        selector.upper() == "ALL"
        or rule.name == selector.lower()
        or (selector[:2].upper() == "LC" and rule.code.startswith(selector.upper()))
    )


def _specificity(selectors: Iterable[str], rule: Rule) -> int:
    """How closely the closest selector fits: 0 not at all, 1 ALL, 2.. a prefix by its length, 100 the code or name."""
    best = 0
    for selector in selectors:
        if _fits(selector, rule):
            exact = rule.name == selector.lower() or rule.code == selector.upper()
            best = max(best, 100 if exact else 1 if selector.upper() == "ALL" else 1 + len(selector))
    return best


def selected(settings: Settings, rules: Sequence[Rule], path: str | None = None) -> frozenset[str]:
    """The codes of the enabled rules, for a path where overrides differ. The closer selector wins; ignore wins a draw."""
    out = set()
    for rule in rules:
        enabled = _enabled(rule, settings.profile, settings.select, settings.extend_select, settings.ignore)
        if path is not None:
            for override in settings.overrides:
                if matches_any(path, override.paths):
                    if override.select is not None:
                        enabled = _enabled(
                            rule, settings.profile, override.select, override.extend_select, override.ignore
                        )
                    else:
                        add, drop = _specificity(override.extend_select, rule), _specificity(override.ignore, rule)
                        enabled = add > drop if add or drop else enabled
        if enabled:
            out.add(rule.code)
    return frozenset(out)


def _enabled(
    rule: Rule, profile: str, select: tuple[str, ...] | None, extend: tuple[str, ...], ignore: tuple[str, ...]
) -> bool:
    add = _specificity(extend, rule)
    if select is None:
        if rule.profile == Profile.DEFAULT or profile == Profile.STRICT:
            add = max(add, 1)
    else:
        add = max(add, _specificity(select, rule))
    return add > _specificity(ignore, rule)


def fingerprint(settings: Settings) -> str:
    """A text that is the same exactly when the settings lead to the same findings."""
    return repr(settings._replace(cache_dir=None, config_path=None))
