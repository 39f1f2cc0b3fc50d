"""The configuration of a pydantic-settings class: `model_config`, `class Config` and class keywords, merged over its bases.

Sources: `pydantic._internal._config.ConfigWrapper.for_model` (bases in order, a later one wins; then the class's own; then its
keywords) and, for version 1, `pydantic.main.ModelMetaclass` (bases in reverse order, an earlier one wins).
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.models import PYDANTIC, SETTINGS
from layercheck.queries.symbols import base_symbol, binding, class_behind, has_unknown_base, mro, outside, resolve
from layercheck.tuples import NamedTuple

VERSION_1: frozenset[str] = frozenset({"pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
VERSION_2: frozenset[str] = frozenset({"pydantic_settings.BaseSettings"})

_MODELS = PYDANTIC | SETTINGS
_DICTS = frozenset({"SettingsConfigDict", "ConfigDict", "dict"})
_ANYTHING = "*"
"""The key of an entry that stands for whatever could not be read: it may set any option."""
_DEFAULTS = "-"
"""The key of an entry that sets every option of pydantic-settings to its default, as `BaseSettings.model_config` does."""
_MODEL_OPTIONS = frozenset({"alias_generator", "populate_by_name", "validate_by_alias", "validate_by_name"})
"""Options of every model, which `BaseSettings` leaves alone."""
_MISSING: Expr = ("const", None)


class Options(NamedTuple):
    """The merged options of a settings class. Where a value cannot be evaluated the answer is None, never a guess."""

    entries: tuple[tuple[str, str, Expr], ...]
    """(option, scope, expression), a later entry winning."""

    def given(self, name: str) -> tuple[str, Expr] | None:
        """(scope, expression) of an option, the constant None when nobody sets it; None when that cannot be told."""
        for option, scope, value in reversed(self.entries):
            if option == _ANYTHING:
                return None
            if option == _DEFAULTS and name not in _MODEL_OPTIONS:
                break
            if option == name:
                return scope, value
        return "", _MISSING

    def text(self, project: Project, name: str) -> str | None:
        """The text of an option, "" when nobody sets it; None: unknown."""
        found = self.given(name)
        if found is None:
            return None
        scope, value = found
        return "" if value == _MISSING else string_value(project, scope, value)

    def flag(self, name: str, default: bool | None = False) -> bool | None:
        """A switch; `default` when nobody sets it, None: unknown."""
        found = self.given(name)
        if found is None:
            return None
        if found[1] == _MISSING:
            return default
        return found[1][1] if ir.is_a(found[1], "const") and isinstance(found[1][1], bool) else None

    def is_set(self, name: str) -> bool:
        """Whether an option has, or may have, a value."""
        found = self.given(name)
        return found is None or found[1] not in (_MISSING, ("const", False))


@query
def version(project: Project, cls: str) -> int | None:
    """1 or 2: which pydantic-settings a class is made for; None when both are imported, or it is no settings class."""
    bases = mro(project, cls)
    first, second = not VERSION_1.isdisjoint(bases), not VERSION_2.isdisjoint(bases)
    if first == second:
        return None
    for key in bases:
        module = project.imports_in(key.partition(":")[0]) if ":" in key else None
        if module is not None and any(i.name == "BaseSettings" and i.guarded for i in module.imports):
            return None
    return 1 if first else 2


@query(bottom=Options((("*", "", _MISSING),)))
def settings_options(project: Project, cls: str, generation: int) -> Options:
    """The options of a class as pydantic of a generation (1 or 2) merges them."""
    row = project.get(Class, cls)
    if row is None:
        return Options(((_DEFAULTS, "", _MISSING),) if generation == 2 and cls in VERSION_2 else ())
    bases = [base_symbol(project, row, base) for base in row.bases]
    entries: list[tuple[str, str, Expr]] = []
    for base in bases if generation == 2 else reversed(bases):
        if base is None:
            entries.append((_ANYTHING, "", _MISSING))
        else:
            entries += settings_options(project, base, generation).entries
    entries += _own(project, row, generation, _is_model(project, cls))
    entries += [(name or _ANYTHING, outside(cls), value) for name, value in row.keywords if name != "metaclass"]
    return Options(tuple(entries))


def _is_model(project: Project, cls: str) -> bool:
    """Whether pydantic makes the class: of a plain mixin it sees `model_config`, but no `Config`."""
    return has_unknown_base(project, cls) or not _MODELS.isdisjoint(mro(project, cls))


def _own(project: Project, row: Class, generation: int, model: bool) -> Iterator[tuple[str, str, Expr]]:
    nested = f"{row.key}.Config"
    given = {field.name: field.value for field in row.fields if field.name in ("Config", "model_config")}
    if generation == 2 and given.get("model_config") is not None:
        yield from _of_dict(project, row.key, given["model_config"], 0)
    elif not model:
        return
    elif project.get(Class, nested) is not None:
        yield from _of_class(project, nested)
    elif "Config" in given:
        name = dotted(given["Config"])
        symbol = resolve(project, row.key, name) if name is not None else None
        if symbol is not None and project.get(Class, symbol) is not None:
            yield from _of_class(project, symbol)
        else:
            yield _ANYTHING, "", _MISSING


def _of_class(project: Project, cls: str) -> Iterator[tuple[str, str, Expr]]:
    """The attributes of a `class Config`, inherited ones included."""
    for key in reversed(mro(project, cls)):
        row = project.get(Class, key)
        if row is None:
            if key != "builtins.object":
                yield _ANYTHING, "", _MISSING
            continue
        if any(base_symbol(project, row, base) is None for base in row.bases):
            yield _ANYTHING, "", _MISSING
        for field in row.fields:
            if field.value is not None:
                yield field.name, key, field.value
        for method, _ in row.methods:
            yield method, key, ("?",)


def _of_dict(project: Project, scope: str, e: Expr | None, depth: int) -> Iterator[tuple[str, str, Expr]]:
    """The entries of a `model_config`: a call, a display, another class's configuration, or a union of such."""
    match e:
        case ("call", func, args, keywords, _) if ir.last_name(func) in _DICTS and depth < 8:
            for part in args:
                yield from _of_dict(project, scope, part, depth + 1)
            for name, value in keywords:
                if name is None:
                    yield from _of_dict(project, scope, value, depth + 1)
                else:
                    yield name, scope, value
            return
        case ("dict", pairs) if depth < 8:
            for key, value in pairs:
                if key is None:
                    yield from _of_dict(project, scope, value, depth + 1)
                else:
                    yield ir.text_of(key) or _ANYTHING, scope, value
            return
        case ("op", "|", operands) if depth < 8:
            for operand in operands:
                yield from _of_dict(project, scope, operand, depth + 1)
            return
    yield from _of_name(project, scope, dotted(e), depth) if dotted(e) else ((_ANYTHING, "", _MISSING),)


def _of_name(project: Project, scope: str, name: str | None, depth: int) -> Iterator[tuple[str, str, Expr]]:
    """`Base.model_config`, or a variable of a module."""
    owner, _, last = (name or "").rpartition(".")
    if last == "model_config" and owner:
        symbol = resolve(project, scope, owner)
        cls = class_behind(project, symbol) if symbol is not None and ":" in symbol else symbol
        if cls is not None and (cls in VERSION_2 or project.get(Class, cls) is not None):
            yield from settings_options(project, cls, 2).entries
            return
    symbol = resolve(project, scope, name or "") or resolve(project, outside(scope), name or "")
    if symbol is not None and ":" in symbol and not symbol.endswith(":") and depth < 8:
        bind = binding(project, symbol)
        if bind is not None and bind.value is not None:
            yield from _of_dict(project, f"{symbol.partition(':')[0]}:", bind.value, depth + 1)
            return
    yield _ANYTHING, "", _MISSING
