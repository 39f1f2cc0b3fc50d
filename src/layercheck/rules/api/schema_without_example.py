"""Give the body of a request an example.

The first thing that anybody does with an API page is to press "Try it out". Without an example the page offers `"string"` and `0`, the
request fails, and the format of a phone number, a slug or a currency is found out by trial.

Any example counts, wherever it stands: at a field, in `json_schema_extra` of the model, of a base class or of the `class Config` of
Pydantic 1, at `Body(...)` of the handler, or in a model that a field holds. Where something that cannot be followed may give one (a
callable, a base class of a library, a decorator) nothing is said; nor about schemas without fields, schemas whose fields name their values
themselves (bool, Literal, enumerations), and those that no route of an API page takes. Looked at are the schemas that are a body, not
those inside them.

How to fix: `Field(examples=["978-0141439587"])` at the fields that need it, or
`model_config = ConfigDict(json_schema_extra={"examples": [{...}]})`.

```python bad app/routes.py
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class NewBook(BaseModel):
    isbn: str


@app.post("/books", status_code=201)
def add_book(book: NewBook) -> str:
    return book.isbn
```
```python good app/routes.py
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class NewBook(BaseModel):
    isbn: str = Field(examples=["978-0141439587"])


@app.post("/books", status_code=201)
def add_book(book: NewBook) -> str:
    return book.isbn
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.models import is_schema
from layercheck.queries.own_openapi import writes_into_document
from layercheck.queries.parameters import metadata, route_parameters
from layercheck.queries.routes import Route, route_table
from layercheck.queries.schemas import SchemaField, classes_in, nested_schemas, schema_fields
from layercheck.queries.symbols import binding, has_unknown_base, mro, resolve

RULE = Rule(
    code="LC412",
    name="schema-without-example",
    message="{schema}, the body of {method} {path}, has no example: add Field(examples=[...]) or json_schema_extra to its model_config",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("API-9",),
    since="0.1",
)
_EXAMPLES = ("example", "examples", "openapi_examples")
_EXTRAS = ("json_schema_extra", "schema_extra")
_NAMED_FOR = frozenset({*_EXAMPLES, "properties", "default"})
_HOOKS = frozenset({"__get_pydantic_json_schema__", "__modify_schema__", "model_json_schema", "schema"})
_PLAIN_BASES = (
    "pydantic.",
    "sqlmodel.",
    "typing.",
    "typing_extensions.",
    "abc.",
    "builtins.",
    "enum.",
    "fastapi_camelcase.",
)
_ENUMERATIONS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})
_NAMED_VALUES = frozenset({"builtins.bool", "builtins.None", "typing.Optional", "typing.Union"}) | _ENUMERATIONS


def check(cls: Class, project: Project) -> Iterator[Fault]:
    """A schema that routes take as their body, with no example anywhere."""
    routes = _bodies(project).get(cls.key)
    if not routes or not is_schema(project, cls.key):
        return
    fields = schema_fields(project, cls.key)
    if not fields or all(_names_its_values(project, field) for field in fields):
        return
    if any(_has_example(project, one) for one in nested_schemas(project, (cls.key,))):
        return
    if writes_into_document(project, _EXAMPLES):
        return
    route = routes[0]
    path = (route.path if route.exact else route.own_path) or "/"
    fields_of_message = {"schema": cls.name, "method": route.method, "path": path}
    yield Fault(cls.place(), fields_of_message, (Step(route.place, f"{route.method} {path} takes it"),))


class _Bodies(dict[str, tuple[Route, ...]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


@query
def _bodies(project: Project) -> _Bodies:
    """schema -> the routes of API pages that take it as their body; without those schemas that some route gives an example for."""
    found: dict[str, list[Route]] = {}
    shown: set[str] = set()
    for route in route_table(project):
        if route.method == "WEBSOCKET" or route.include_in_schema is False or not route.documented:
            continue
        extra = ir.keyword(route.call, "openapi_extra") is not None
        for parameter in route_parameters(project, route):
            if parameter.source != "body":
                continue
            for cls in classes_in(project, parameter.owner, parameter.annotation):
                found.setdefault(cls, []).append(route)
                if extra or (parameter.marker is not None and _says_example(parameter.marker)):
                    shown.add(cls)
    return _Bodies({cls: tuple(routes) for cls, routes in found.items() if cls not in shown})


# ----------------------------------------------------------------------------------------------------------- examples


@query
def _has_example(project: Project, cls: str) -> bool:
    """Whether a schema has an example, or may have one that cannot be seen."""
    if has_unknown_base(project, cls):
        return True
    for base in mro(project, cls):
        row = project.get(Class, base)
        if row is None:
            if not base.startswith(_PLAIN_BASES):
                return True
        elif _class_has_example(project, row):
            return True
    return any(_field_has_example(project, field) for field in schema_fields(project, cls))


def _class_has_example(project: Project, row: Class) -> bool:
    """Examples in the configuration of one class, bases not looked at."""
    if row.decorators or any(name in _HOOKS for name, _ in row.methods):
        return True
    if any(name in _EXTRAS and _may_be_example(value) for name, value in row.keywords):
        return True
    for field in row.fields:
        if (
            field.name == "model_config"
            and field.value is not None
            and _config_has_example(project, row.key, field.value)
        ):
            return True
    return any(_legacy_config(project, base) for base in mro(project, f"{row.key}.Config"))


def _legacy_config(project: Project, key: str) -> bool:
    """`class Config` of Pydantic 1 with `schema_extra`, as an attribute or a method."""
    row = project.get(Class, key)
    if row is None:
        return False
    if any(name in _EXTRAS for name, _ in row.methods):
        return True
    return any(f.name in _EXTRAS and f.value is not None and _may_be_example(f.value) for f in row.fields)


def _config_has_example(project: Project, key: str, config: Expr, depth: int = 0) -> bool:
    """Whether a model_config gives an example: a call, a dictionary, a constant, or a merge of such."""
    if depth > 4:
        return True
    name = dotted(config)
    if name is not None:
        symbol = resolve(project, key, name)
        if name.endswith(".model_config"):
            return symbol is None  # that of a base class is looked at with its class
        bind = binding(project, symbol) if symbol is not None and ":" in symbol else None
        if symbol is None or bind is None or bind.value is None:
            return True
        return _config_has_example(project, f"{symbol.partition(':')[0]}:", bind.value, depth + 1)
    pairs: list[tuple[str | None, Expr]] = []
    match config:
        case ("call", func, args, keywords, _) if ir.last_name(func) in (
            "ConfigDict",
            "SettingsConfigDict",
            "dict",
            "SQLModelConfig",
        ):
            pairs = [*keywords, *((None, argument) for argument in args)]
        case ("dict", items):
            pairs = [(ir.text_of(k) or "?" if k is not None else None, v) for k, v in items]
        case ("op", "|", operands):
            return any(_config_has_example(project, key, operand, depth + 1) for operand in operands)
        case _:
            return True
    for name, value in pairs:
        if name is None and _config_has_example(project, key, value, depth + 1):
            return True
        if (name in _EXTRAS or name == "?") and _may_be_example(value):
            return True
    return False


def _may_be_example(value: Expr) -> bool:
    """Whether a `json_schema_extra` gives an example: all do but literal dictionaries that have none."""
    if value == ("const", None):
        return False
    if not ir.is_a(value, "dict"):
        return True
    return any(k is None or ir.text_of(k) is None or ir.text_of(k) in _NAMED_FOR for k, _ in value[1])


def _field_has_example(project: Project, field: SchemaField) -> bool:
    """`Field(examples=...)` as the value or inside Annotated; calls of anything else may give one."""
    if ir.is_a(field.value, "call"):
        name = dotted(field.value[1]) if field.value is not None else None
        symbol = resolve(project, field.owner, name) if name is not None else None
        if symbol is None or ":" in symbol or _says_example(field.value):
            return True
    elif field.value is not None and (name := dotted(field.value)) is not None:
        symbol = resolve(project, field.owner, name)
        bind = binding(project, symbol) if symbol is not None and ":" in symbol and not symbol.endswith(":") else None
        if bind is not None and ir.is_a(bind.value, "call") and _says_example(bind.value):
            return True  # slug: str = SLUG, with SLUG = Field(examples=[...])
    return any(
        _says_example(e) or ir.last_name(e[1]) == "WithJsonSchema"
        for _, e in metadata(project, field.owner, field.annotation)
        if ir.is_a(e, "call")
    )


def _says_example(call: Expr) -> bool:
    """Whether the call of a Field or Body gives an example, or may: by a keyword, `json_schema_extra` or `**`."""
    for name, value in call[3]:
        if name is None or (name in _EXAMPLES and value != ("const", None)):
            return True
        if name in _EXTRAS and _may_be_example(value):
            return True
    return False


def _names_its_values(project: Project, field: SchemaField) -> bool:
    """Whether the type of a field says which values there are: bool, Literal, an enumeration."""
    if field.annotation is None:
        return False
    return _enumerated(project, field.owner, field.annotation)


def _enumerated(project: Project, key: str, annotation: Expr) -> bool:
    if annotation == ("const", None):
        return True
    if ir.is_a(annotation, "op"):
        return all(_enumerated(project, key, operand) for operand in annotation[2])
    if ir.is_a(annotation, "item"):
        head = dotted(annotation[1])
        symbol = resolve(project, key, head) if head is not None else None
        if symbol in ("typing.Literal", "typing_extensions.Literal"):
            return True
        parts = annotation[2][1] if ir.is_a(annotation[2], "tuple") else (annotation[2],)
        if symbol in ("typing.Annotated", "typing_extensions.Annotated"):
            parts = parts[:1]
        elif symbol not in ("typing.Optional", "typing.Union"):
            return False
        return all(_enumerated(project, key, part) for part in parts)
    name = dotted(annotation)
    symbol = resolve(project, key, name) if name is not None else None
    if symbol is None:
        return False
    return symbol in _NAMED_VALUES or (":" in symbol and not _ENUMERATIONS.isdisjoint(mro(project, symbol)))
