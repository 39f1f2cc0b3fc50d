"""The fields of settings classes: which environment variables fill them, whether they must be there, and their defaults.

Source: pydantic-settings 2 ("Environment variable names", "Nested models", aliases) and pydantic 1 (`Config.env_prefix`, `Field(env=...)`).
"""

from __future__ import annotations

from typing import NamedTuple

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import Expr
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.models import is_schema, is_settings
from layercheck.queries.parameters import metadata
from layercheck.queries.schemas import SchemaField, classes_in, schema_fields
from layercheck.queries.symbols import mro


class SettingsField(NamedTuple):
    """One value that a settings class takes from outside."""

    name: str
    """With the names of the fields around it for one of a nested model: "database.url"."""
    variables: tuple[str, ...]
    """The environment variables that fill it, the first that is set wins; () where none does."""
    required: bool
    default: Expr | None
    """The default as written; None for none, and for what a factory makes."""
    owner: str
    """The class that declares it."""
    place: Place


@query
def settings_fields(project: Project, cls: str) -> tuple[SettingsField, ...]:
    """The fields of a settings class, inherited ones and those of nested models included."""
    prefix = _option(project, cls, "env_prefix") or ""
    delimiter = _option(project, cls, "env_nested_delimiter")
    return tuple(
        found
        for field in schema_fields(project, cls)
        for found in _filled(project, cls, field, "", (prefix,), delimiter, ())
    )


def _filled(
    project: Project,
    cls: str,
    field: SchemaField,
    around: str,
    prefixes: tuple[str, ...],
    delimiter: str | None,
    seen: tuple[str, ...],
) -> list[SettingsField]:
    """A field, or the fields of the model that it holds."""
    aliases = _aliases(project, field)
    names = tuple(dict.fromkeys(
        alias if not around else prefix + alias for prefix in prefixes for alias in aliases
    )) if aliases else tuple(prefix + field.name for prefix in prefixes)  # fmt: skip
    name = f"{around}{field.name}"
    nested = [
        c
        for c in classes_in(project, field.owner, field.annotation)
        if is_schema(project, c) and not is_settings(project, c)
    ]
    if nested and delimiter and nested[0] not in seen:
        inner = tuple(n + delimiter for n in names)
        return [
            found
            for one in schema_fields(project, nested[0])
            for found in _filled(project, cls, one, f"{name}.", inner, delimiter, (*seen, nested[0]))
        ]
    own = [c for c in classes_in(project, field.owner, field.annotation) if is_settings(project, c)]
    if own and own[0] not in seen and own[0] != cls:  # reads the environment by itself
        return [f._replace(name=f"{name}.{f.name}") for f in settings_fields(project, own[0])]
    required, default = _default(field)
    upper = names if _is_case_sensitive(project, cls) else tuple(dict.fromkeys(n.upper() for n in names))
    return [SettingsField(name, upper, required, default, field.owner, Place("Class", field.owner, field.at))]


def _markers(project: Project, field: SchemaField) -> list[tuple[str, Expr]]:
    """The `Field(...)` calls of a field: its value, and those in Annotated."""
    found = [(field.owner, field.value)] if ir.is_a(field.value, "call") else []
    found += metadata(project, field.owner, field.annotation)
    return [(key, e) for key, e in found if ir.is_a(e, "call") and e is not None and ir.last_name(e[1]) == "Field"]


def _aliases(project: Project, field: SchemaField) -> tuple[str, ...]:
    """The names that stand for a field instead of its own (the prefix does not go before them)."""
    for key, marker in _markers(project, field):
        for keyword in ("validation_alias", "alias", "env"):
            value = ir.keyword(marker, keyword)
            if value is None or value == ("const", None):
                continue
            several = value[2] if ir.is_a(value, "call") and ir.last_name(value[1]) == "AliasChoices" else None
            if several is None:
                several = value[1] if ir.is_a(value, "list") or ir.is_a(value, "tuple") else (value,)
            texts = [string_value(project, key, v) for v in several]
            return tuple(t for t in texts if t is not None)
    return ()


def _default(field: SchemaField) -> tuple[bool, Expr | None]:
    """(whether the value must be given, the default)."""
    value = field.value
    if not ir.is_a(value, "call") or value is None or ir.last_name(value[1]) != "Field":
        return value is None or value == ("const", ...), None if value == ("const", ...) else value
    given = ir.argument(value, 0, "default")
    if given is None or given == ("const", ...):
        return ir.keyword(value, "default_factory") is None, None
    return False, given


def _is_case_sensitive(project: Project, cls: str) -> bool:
    return _raw_option(project, cls, "case_sensitive") == ("const", True)


def _option(project: Project, cls: str, name: str) -> str | None:
    """A text in the configuration of a settings class."""
    for key in mro(project, cls):
        found = _configured(project, key, name)
        if found is not None:
            return string_value(project, key, found)
    return None


def _raw_option(project: Project, cls: str, name: str) -> Expr | None:
    return next((e for key in mro(project, cls) if (e := _configured(project, key, name)) is not None), None)


def _configured(project: Project, cls: str, name: str) -> Expr | None:
    """What a class itself says: `model_config = SettingsConfigDict(env_prefix="X_")`, a dict, or `class Config`."""
    row = project.get(Class, cls)
    for field in row.fields if row is not None else ():
        if field.name == "model_config" and field.value is not None:
            if ir.is_a(field.value, "call"):
                return ir.keyword(field.value, name)
            if ir.is_a(field.value, "dict"):
                return next((value for key, value in field.value[1] if key == ("const", name)), None)
    if row is not None:
        inherited = next((value for keyword, value in row.keywords if keyword == name), None)
        if inherited is not None:  # class Settings(BaseSettings, env_prefix="X_")
            return inherited
    inner = project.get(Class, f"{cls}.Config")
    return next((f.value for f in inner.fields if f.name == name), None) if inner is not None else None
