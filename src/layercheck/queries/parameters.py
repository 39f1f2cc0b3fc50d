"""What a handler takes: path, query, header, cookie, body, form and file parameters, with their bounds.

Follows FastAPI's own rules (Request parameters, "Path Parameters", "Request Body" in its documentation): a name in the path is a
path parameter; a Pydantic model (or several singular values marked Body) is the body; a dependency's parameters count as the
route's; everything else is a query parameter.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.depends import declared_dependencies, dependency
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.schemas import classes_in, schema_fields
from layercheck.queries.symbols import binding, class_attribute, mro, resolve
from layercheck.queries.words import last_parts, says, stands_for

_MARKERS = {
    "fastapi.Path": "path", "fastapi.Query": "query", "fastapi.Header": "header", "fastapi.Cookie": "cookie", "fastapi.Body": "body",
    "fastapi.Form": "form", "fastapi.File": "file",
    "fastapi.params.Path": "path", "fastapi.params.Query": "query", "fastapi.params.Header": "header", "fastapi.params.Cookie": "cookie",
    "fastapi.params.Body": "body", "fastapi.params.Form": "form", "fastapi.params.File": "file",
    "fastapi.param_functions.Path": "path", "fastapi.param_functions.Query": "query", "fastapi.param_functions.Header": "header",
    "fastapi.param_functions.Cookie": "cookie", "fastapi.param_functions.Body": "body", "fastapi.param_functions.Form": "form",
    "fastapi.param_functions.File": "file",
}  # fmt: skip
_MARKER_NAMES = last_parts(_MARKERS)
_SPECIAL = frozenset({
    "fastapi.Request", "fastapi.Response", "fastapi.WebSocket", "fastapi.BackgroundTasks", "fastapi.security.SecurityScopes",
    "starlette.requests.Request", "starlette.responses.Response", "starlette.websockets.WebSocket", "starlette.background.BackgroundTasks",
    "starlette.requests.HTTPConnection", "fastapi.requests.HTTPConnection",
})  # fmt: skip
_FILES = frozenset({"fastapi.UploadFile", "starlette.datastructures.UploadFile"})


class Parameter(NamedTuple):
    """One input of a route."""

    name: str
    alias: str
    """The name in the request."""
    source: str
    """path, query, header, cookie, body, form, file, depends, special, or "?" where it cannot be told."""
    annotation: Expr | None
    default: Expr | None
    marker: Expr | None
    """The Query(...)/Path(...)/... call, wherever it stands; else None."""
    owner: str
    """Key of the function (handler, provider) or class (params model) that declares it."""
    row: str
    """Row type of the owner: "Function" or "Class"."""
    at: int

    @property
    def place(self) -> Place:
        """The declaration."""
        return Place(self.row, self.owner, self.at)

    @property
    def required(self) -> bool:
        """Whether the caller must give it."""
        if self.marker is not None and self.marker is self.default:
            first = ir.argument(self.marker, 0, "default")
            return first is None or first == ("const", ...)
        return self.default is None or self.default == ("const", ...)


def path_names(path: str) -> tuple[str, ...]:
    """The parameter names of a path template: "/users/{user_id}/files/{name:path}" -> ("user_id", "name")."""
    return tuple(re.findall(r"{([a-zA-Z_][a-zA-Z0-9_]*)(?::[a-zA-Z_][a-zA-Z0-9_]*)?}", path))


@query
def function_parameters(project: Project, key: str) -> tuple[Parameter, ...]:
    """The inputs that a handler or provider declares itself; those whose place in the request depends on the path are "query"."""
    function = project.get(Function, key)
    if function is None:
        return ()
    found = []
    for position, param in enumerate(function.params):
        if param.kind in ("var", "kwvar") or (position == 0 and function.cls and param.name in ("self", "cls")):
            continue
        if dependency(project, key, param.annotation, param.default) is not None:
            continue
        marker, source = _marked(project, key, param.annotation, param.default)
        if source is None:
            source = _by_annotation(project, key, param.annotation)
        alias = _alias(marker) or param.name
        found.append(
            Parameter(param.name, alias, source, param.annotation, param.default, marker, key, "Function", param.at)
        )
    return tuple(found)


def _marked(
    project: Project, key: str, annotation: Expr | None, default: Expr | None
) -> tuple[Expr | None, str | None]:
    candidates: list[tuple[str, Expr]] = []
    if default is not None:
        candidates.append((key, default))
    candidates.extend(metadata(project, key, annotation))
    for scope, e in candidates:
        if ir.is_a(e, "call"):
            name = dotted(e[1])
            symbol = resolve(project, scope, name) if name else None
            if symbol in _MARKERS:
                return e, _MARKERS[symbol]
    return None, None


def metadata(project: Project, key: str, annotation: Expr | None, depth: int = 0) -> list[tuple[str, Expr]]:
    """(scope, expression) of everything that Annotated adds to a type, aliases followed."""
    if annotation is None or depth > 6:
        return []
    name = dotted(annotation)
    if name is not None:
        symbol = resolve(project, key, name)
        if symbol is not None and ":" in symbol and not symbol.endswith(":") and project.get(Class, symbol) is None:
            bind = binding(project, symbol)
            if bind is not None and bind.value is not None:
                return metadata(project, f"{symbol.partition(':')[0]}:", bind.value, depth + 1)
        return []
    if ir.is_a(annotation, "item"):
        head = dotted(annotation[1])
        symbol = resolve(project, key, head) if head else None
        if symbol in ("typing.Annotated", "typing_extensions.Annotated") and ir.is_a(annotation[2], "tuple"):
            first, *extra = annotation[2][1]
            return [(key, e) for e in extra] + metadata(project, key, first, depth + 1)
    return []


def _by_annotation(project: Project, key: str, annotation: Expr | None) -> str:
    if annotation is None:
        return "query"
    symbols = _leaf_symbols(project, key, annotation)
    if any(s in _SPECIAL for s in symbols):
        return "special"
    if any(s in _FILES for s in symbols):
        return "file"
    for symbol in symbols:
        if ":" in symbol and (
            is_schema(project, symbol) or is_table(project, symbol) or _is_dataclass(project, symbol)
        ):
            return "body"
        if symbol in ("pydantic.BaseModel",):
            return "body"
    if any(
        s in ("builtins.dict", "typing.Dict", "typing.Any", "collections.abc.Mapping", "typing.Mapping")
        for s in symbols[:1]
    ):
        return "body" if symbols[0] != "typing.Any" else "query"
    return "query"


def _leaf_symbols(project: Project, key: str, annotation: Expr) -> list[str]:
    found: list[str] = list(classes_in(project, key, annotation))
    for node in ir.walk(annotation):
        name = dotted(node) if node.__class__ is str or ir.is_a(node, "ref") else None
        symbol = resolve(project, key, name) if name else None
        if symbol is not None and ":" not in symbol:
            found.append(symbol)
    return found


def _is_dataclass(project: Project, symbol: str) -> bool:
    row = project.get(Class, symbol)
    return row is not None and any(
        ir.last_name(d[1] if ir.is_a(d, "call") else d) == "dataclass" for d in row.decorators
    )


def _alias(marker: Expr | None) -> str | None:
    return ir.text_of(ir.keyword(marker, "alias")) if marker is not None else None


@query
def route_parameters(project: Project, route: Route) -> tuple[Parameter, ...]:
    """Every input of a route, its dependencies' included, with the place of each decided by the path."""
    names = set(path_names(route.path))
    found: list[Parameter] = []
    seen: set[str] = set()
    if route.handler is not None:
        found.extend(function_parameters(project, route.handler))
    for wanted in all_dependencies(project, route):
        if wanted.target is not None and not wanted.by_container:
            _dependency_parameters(project, wanted.target, wanted.called, found, seen)
    return tuple(p._replace(source="path") if p.alias in names and p.source == "query" else p for p in found)


def _dependency_parameters(project: Project, target: str, called: bool, found: list[Parameter], seen: set[str]) -> None:
    if target in seen or ":" not in target:
        return
    seen.add(target)
    if project.get(Class, target) is not None and not called and is_params_class(project, target):
        found.extend(_model_parameters(project, target, "query"))
        return
    for key in dependency_keys(project, target, called):
        found.extend(function_parameters(project, key))
        for declared in declared_dependencies(project, key):
            if declared.dependency.target is not None and not declared.dependency.by_container:
                _dependency_parameters(project, declared.dependency.target, declared.dependency.called, found, seen)


def is_params_class(project: Project, cls: str) -> bool:
    """Whether the fields of a class used as a dependency are inputs of the request: a Pydantic model or a dataclass."""
    return _is_dataclass(project, cls) or any(is_schema(project, base) for base in mro(project, cls) if ":" in base)


def dependency_keys(project: Project, target: str, called: bool) -> list[str]:
    """The functions whose parameters FastAPI reads for `Depends(target)` (or `Depends(target(...))`); none when they are not known."""
    if project.get(Function, target) is not None:
        return [target] if not called else _products(project, target)
    if project.get(Class, target) is not None:
        method = class_attribute(project, target, "__call__" if called else "__init__")
        return [method] if method is not None and ":" in method else []
    from layercheck.queries.types import symbol_type

    kind = symbol_type(project, target)
    if kind is not None and kind[0] == "inst" and ":" in kind[1]:
        call = class_attribute(project, kind[1], "__call__")
        return [call] if call is not None and ":" in call else []
    return [kind[1]] if kind is not None and kind[0] in ("func", "method") else []


def _products(project: Project, factory: str) -> list[str]:
    """The function (or the __call__ of the instance) that `Depends(make(...))` gets from its factory."""
    from layercheck.queries.types import return_type

    kind = return_type(project, factory)
    if kind is not None and kind[0] in ("func", "method"):
        return [kind[1]]
    if kind is not None and kind[0] == "inst" and ":" in kind[1]:
        call = class_attribute(project, kind[1], "__call__")
        return [call] if call is not None and ":" in call else []
    return []


def _model_parameters(project: Project, cls: str, source: str) -> list[Parameter]:
    out = []
    for field in schema_fields(project, cls):
        marker = field.value if ir.is_a(field.value, "call") else None
        out.append(
            Parameter(
                field.name,
                _alias(marker) or field.name,
                source,
                field.annotation,
                field.value,
                marker,
                field.owner,
                "Class",
                field.at,
            )
        )
    return out


def params_model_fields(project: Project, cls: str, source: str = "query") -> tuple[Parameter, ...]:
    """The single inputs of a model that fills from the query string."""
    return tuple(_model_parameters(project, cls, source))


@query
def params_models(project: Project) -> frozenset[str]:
    """The models whose fields are query parameters: `Annotated[Filter, Query()]`, `filter: Filter = Depends()`."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py"):
            found |= params_models_in(project, path)
    return frozenset(found)


@query
def _marker_names(project: Project) -> frozenset[str]:
    """The names by which parameters say where in the request they come from."""
    return stands_for(project, _MARKER_NAMES)


@query
def params_models_in(project: Project, path: str) -> frozenset[str]:
    """The params models that the functions of one file take."""
    found: set[str] = set()
    markers = _marker_names(project)
    for function in project.of_file(Function, path):
        marked = any(says(raw[2], markers) or says(raw[3], markers) for raw in function.raw_params)
        for parameter in function_parameters(project, function.key) if marked else ():
            if parameter.source == "query" and parameter.marker is not None:
                found.update(
                    c for c in classes_in(project, function.key, parameter.annotation) if is_schema(project, c)
                )
        for declared in declared_dependencies(project, function.key):
            target = declared.dependency.target
            by_fastapi = not declared.dependency.called and not declared.dependency.by_container
            if target is not None and ":" in target and by_fastapi and is_schema(project, target):
                found.add(target)
    return frozenset(found)


_BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of", "pattern", "regex")


def bounds(parameter: Parameter) -> dict[str, str | int | float]:
    """The limits that the declaration states: {"ge": 1, "le": 100}."""
    found = {name: ir.keyword(parameter.marker, name) for name in _BOUNDS} if parameter.marker is not None else {}
    return {name: e[1] for name, e in found.items() if ir.is_a(e, "const") and e is not None and e[1] is not None}


def upper_bound(project: Project, parameter: Parameter) -> float | None:
    """The largest value allowed by le=, lt= or a constrained type; None when there is none or it is not literal."""
    candidates = [parameter.marker] if parameter.marker is not None else []
    candidates.extend(e for _, e in metadata(project, parameter.owner, parameter.annotation))
    if ir.is_a(parameter.annotation, "call"):
        candidates.append(parameter.annotation)
    for e in candidates:
        if not ir.is_a(e, "call") or e is None:
            continue
        for name in ("le", "lt"):
            value = ir.keyword(e, name)
            if value is None and ir.last_name(e[1]).lower() == name and e[2]:
                value = e[2][0]
            if value is not None:
                if ir.is_a(value, "const") and isinstance(value[1], int | float):
                    return float(value[1])
                return float("nan")
    return None
