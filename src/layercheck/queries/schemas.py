"""Pydantic models: their fields with inherited ones, and what a route says of its request and response."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.routes import Route
from layercheck.queries.symbols import binding, mro, resolve
from layercheck.tuples import NamedTuple


class SchemaField(NamedTuple):
    """A field of a model."""

    name: str
    annotation: Expr | None
    value: Expr | None
    owner: str
    """Key of the class that declares it."""
    at: int

    @property
    def place(self) -> Place:
        """The declaration."""
        return Place("Class", self.owner, self.at)

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        if self.value is None:
            return True
        if self.value == ("const", ...):
            return True
        if ir.is_a(self.value, "call") and ir.last_name(self.value[1]) == "Field":
            first = ir.argument(self.value, 0, "default")
            return (first is None or first == ("const", ...)) and ir.keyword(self.value, "default_factory") is None
        return False


@query
def schema_fields(project: Project, cls: str) -> tuple[SchemaField, ...]:
    """The fields of a Pydantic model (or SQLModel), inherited ones included, a subclass's declaration winning."""
    found: dict[str, SchemaField] = {}
    for base in mro(project, cls):
        row = project.get(Class, base)
        if row is None:
            continue
        for field in row.fields:
            if field.annotation is None or field.name.startswith("_") or field.name in ("model_config", "Config"):
                continue
            head = field.annotation[1] if ir.is_a(field.annotation, "item") else field.annotation
            if ir.last_name(head) == "ClassVar":
                continue
            found.setdefault(field.name, SchemaField(field.name, field.annotation, field.value, base, field.at))
    return tuple(found.values())


def classes_in(project: Project, key: str, annotation: Expr | None) -> tuple[str, ...]:
    """The project classes that an annotation mentions: `list[UserOut] | None` mentions UserOut; aliases are followed."""
    found: list[str] = []
    _collect(project, key, annotation, found, 0)
    return tuple(dict.fromkeys(found))


def _collect(project: Project, key: str, annotation: Expr | None, found: list[str], depth: int) -> None:
    if annotation is None or depth > 8:
        return
    name = dotted(annotation)
    if name is not None:
        symbol = resolve(project, key, name)
        if symbol is not None and ":" in symbol:
            if project.get(Class, symbol) is not None:
                found.append(symbol)
            elif not symbol.endswith(":"):
                bind = binding(project, symbol)
                if bind is not None and bind.value is not None:
                    _collect(project, f"{symbol.partition(':')[0]}:", bind.value, found, depth + 1)
        return
    if ir.is_a(annotation, "item"):
        head = dotted(annotation[1])
        symbol = resolve(project, key, head) if head else None
        if symbol in ("typing.Annotated", "typing_extensions.Annotated") and ir.is_a(annotation[2], "tuple"):
            _collect(project, key, annotation[2][1][0], found, depth + 1)
            return
        if symbol in ("typing.Literal", "typing_extensions.Literal"):
            return
        _collect(project, key, annotation[1], found, depth + 1)
        items = annotation[2][1] if ir.is_a(annotation[2], "tuple") else (annotation[2],)
        for item in items:
            _collect(project, key, item, found, depth + 1)
    elif ir.is_a(annotation, "op"):
        for operand in annotation[2]:
            _collect(project, key, operand, found, depth + 1)
    elif ir.is_a(annotation, "list") or ir.is_a(annotation, "tuple"):
        for item in annotation[1]:
            _collect(project, key, item, found, depth + 1)


class ResponseModel(NamedTuple):
    """What a route declares as its response."""

    annotation: Expr | None
    """The expression of response_model= or the return annotation; None when nothing is declared."""
    scope: str
    explicit: bool
    """By response_model=."""
    none_on_purpose: bool
    """response_model=None."""


def response_model(project: Project, route: Route) -> ResponseModel:
    """The declared response of a route: response_model= wins over the return annotation."""
    value = ir.keyword(route.call, "response_model")
    if value is not None:
        return ResponseModel(None if value == ("const", None) else value, route.scope, True, value == ("const", None))
    function = project.get(Function, route.handler) if route.handler is not None else None
    if function is None:
        return ResponseModel(None, route.scope, False, False)
    return ResponseModel(function.returns, function.key, False, False)


def nested_schemas(project: Project, classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes and all schemas below them, through field annotations."""
    seen: dict[str, None] = {}
    stack = list(classes)
    while stack:
        cls = stack.pop(0)
        if cls in seen or not (is_schema(project, cls) or is_table(project, cls)):
            continue
        seen[cls] = None
        for field in schema_fields(project, cls):
            stack.extend(classes_in(project, field.owner, field.annotation))
    return tuple(seen)
