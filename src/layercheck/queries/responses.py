"""What a route really sends: the fields of its response model with nested and inherited ones, without those that are excluded.

Follows FastAPI and Pydantic: response_model= or the return annotation; type arguments of generic models (`Page[UserOut]`, a subclass of
`Response[UserOut]`); `response_model_include`, `response_model_exclude` (at any depth); `Field(exclude=True)`; computed fields.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.answers import is_response_class, only_responses
from layercheck.queries.models import SQLMODEL, is_schema
from layercheck.queries.parameters import metadata
from layercheck.queries.routes import Route, route_table
from layercheck.queries.schemas import SchemaField, classes_in, response_model, schema_fields
from layercheck.queries.symbols import binding, mro, resolve
from layercheck.queries.types import has_decorator
from layercheck.tuples import NamedTuple

_COMPUTED = frozenset({"pydantic.computed_field", "pydantic.fields.computed_field"})
_SETS = frozenset({"builtins.set", "builtins.frozenset"})


class SentField(NamedTuple):
    """A field that goes out."""

    name: str
    alias: str
    """The name in the answer."""
    annotation: Expr | None
    value: Expr | None
    owner: str
    """Key of the class that declares it."""
    place: Place


@query
def sent_fields(project: Project) -> dict[str, tuple[tuple[SentField, tuple[Route, ...]], ...]]:
    """For each class: the fields that it declares and some route sends, with all routes that do."""
    found: dict[SentField, list[Route]] = {}
    for route in route_table(project):
        if route.handler is not None and route.method != "WEBSOCKET":
            for field in _fields_of(project, route):
                found.setdefault(field, []).append(route)
    table: dict[str, list[tuple[SentField, tuple[Route, ...]]]] = {}
    for field, routes in found.items():
        table.setdefault(field.owner, []).append((field, tuple(routes)))
    return {owner: tuple(fields) for owner, fields in table.items()}


def sent_by(project: Project, cls: str) -> tuple[tuple[SentField, tuple[Route, ...]], ...]:
    """The fields that a class declares and some route sends, with those routes."""
    return sent_fields(project).get(cls, ())


def _fields_of(project: Project, route: Route) -> tuple[SentField, ...]:
    declared = response_model(project, route)
    if declared.annotation is None or route.handler is None or only_responses(project, route.handler):
        return ()
    excluded, included = (
        names_of_set(project, route.scope, ir.keyword(route.call, f"response_model_{word}"))
        for word in ("exclude", "include")
    )
    if excluded is None or included is None:
        return ()
    top = tuple(
        c for c in classes_in(project, declared.scope, declared.annotation) if not is_response_class(project, c)
    )
    return fields_below(project, top, excluded, included)


@query
def fields_below(
    project: Project, classes: tuple[str, ...], excluded: frozenset[str], included: frozenset[str]
) -> tuple[SentField, ...]:
    """The fields of models and of everything below them. `excluded` and `included` are names at any depth; none included: all."""
    out: dict[SentField, None] = {}
    seen: set[str] = set()
    waiting = [(cls, True) for cls in reversed(classes)]
    while waiting:
        cls, first = waiting.pop()
        if cls in seen or not (is_schema(project, cls) or SQLMODEL in mro(project, cls)):
            continue
        seen.add(cls)
        waiting += [(inner, False) for inner in type_arguments(project, cls)]
        for field in (*_declared_fields(project, cls), *computed_fields(project, cls)):
            if field.name in excluded or (first and included and field.name not in included):
                continue
            out[field] = None
            waiting += [(inner, False) for inner in classes_in(project, field.owner, field.annotation)]
    return tuple(out)


def _declared_fields(project: Project, cls: str) -> tuple[SentField, ...]:
    """The fields of a model that may go out; SQLModel relationships do not, nor what says exclude=."""
    return tuple(
        SentField(f.name, _alias(f), f.annotation, f.value, f.owner, f.place)
        for f in schema_fields(project, cls)
        if not _is_relationship(project, f) and not _leaves_out(project, f)
    )


def _is_relationship(project: Project, field: SchemaField) -> bool:
    name = dotted(field.value[1]) if ir.is_a(field.value, "call") and field.value is not None else None
    return name is not None and resolve(project, field.owner, name) == "sqlmodel.Relationship"


def type_arguments(project: Project, cls: str) -> tuple[str, ...]:
    """The models in the brackets behind the bases of a class: `class UserPage(Page[UserOut])`."""
    found: list[str] = []
    for base in mro(project, cls):
        row = project.get(Class, base)
        for expression in row.bases if row is not None else ():
            if ir.is_a(expression, "item"):
                found += classes_in(project, f"{base.partition(':')[0]}:", expression[2])
    return tuple(found)


@query
def computed_fields(project: Project, cls: str) -> tuple[SentField, ...]:
    """The properties of a model that Pydantic serialises: `@computed_field`."""
    found: dict[str, SentField] = {}
    for base in mro(project, cls):
        row = project.get(Class, base)
        for name, qualname in row.methods if row is not None else ():
            function = project.get(Function, f"{base.partition(':')[0]}:{qualname}")
            if function is not None and has_decorator(project, function, _COMPUTED):
                found.setdefault(name, SentField(name, name, function.returns, None, base, function.place()))
    return tuple(found.values())


def _field_calls(project: Project, field: SchemaField) -> list[Expr]:
    """The `Field(...)` of a field: as its value, or in Annotated."""
    given = [field.value] if ir.is_a(field.value, "call") else []
    return [
        e for e in (*given, *(e for _, e in metadata(project, field.owner, field.annotation))) if ir.is_a(e, "call")
    ]


def _leaves_out(project: Project, field: SchemaField) -> bool:
    """Whether a field says exclude=True, or something about it that cannot be told."""
    values = [ir.keyword(call, "exclude") for call in _field_calls(project, field)]
    return any(value is not None and value not in (("const", False), ("const", None)) for value in values)


def _alias(field: SchemaField) -> str:
    call = field.value
    for name in ("serialization_alias", "alias"):
        text = ir.text_of(ir.keyword(call, name)) if ir.is_a(call, "call") else None
        if text is not None:
            return text
    return field.name


def names_of_set(project: Project, key: str, e: Expr | None, depth: int = 0) -> frozenset[str] | None:
    """The names in `{"a", "b"}` or `{"user": {"password"}}` (innermost ones), empty when there is none; None when it cannot be told."""
    if e is None or e == ("const", None):
        return frozenset()
    if depth > 6:
        return None
    match e:
        case ("set" | "list" | "tuple", items):
            texts = [ir.text_of(item) for item in items]
            return None if None in texts else frozenset(t for t in texts if t is not None)
        case ("dict", pairs):
            found: set[str] = set()
            for k, v in pairs:
                name = ir.text_of(k) if k is not None else None
                inner = (
                    frozenset([name or ""])
                    if v in (("const", ...), ("const", True))
                    else names_of_set(project, key, v, depth + 1)
                )
                if name is None or inner is None:
                    return None
                found |= inner
            return frozenset(found)
        case ("call", func, args, _, _) if len(args) == 1 and resolve(project, key, dotted(func) or "?") in _SETS:
            return names_of_set(project, key, args[0], depth + 1)
    name = dotted(e)
    symbol = resolve(project, key, name) if name is not None else None
    bind = binding(project, symbol) if symbol is not None and ":" in symbol and not symbol.endswith(":") else None
    if bind is None or bind.value is None:
        return None
    return names_of_set(project, f"{(symbol or '').partition(':')[0]}:", bind.value, depth + 1)
