"""What a handler takes: path, query, header, cookie, body, form and file parameters, with their bounds.

Follows FastAPI's own rules (Request parameters, "Path Parameters", "Request Body" in its documentation): a name in the path is a
path parameter; a Pydantic model (or several singular values marked Body) is the body; a dependency's parameters count as the
route's; everything else is a query parameter.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.auth import made_dependencies
from layercheck.queries.constants import string_value
from layercheck.queries.depends import declared_dependencies, declares_any, dependency
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.schemas import classes_in, schema_fields
from layercheck.queries.symbols import binding, class_attribute, mro, resolve
from layercheck.queries.words import last_parts, says, stands_for, words_in_heads
from layercheck.tuples import NamedTuple

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
_TYPED_DICTS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_MANY = frozenset({
    "builtins.dict", "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "collections.deque", "collections.OrderedDict",
    "collections.defaultdict", "collections.abc.Mapping", "collections.abc.MutableMapping", "collections.abc.Sequence", "typing.Dict",
    "typing.List", "typing.Tuple", "typing.Set", "typing.FrozenSet", "typing.Deque", "typing.Mapping", "typing.MutableMapping",
    "typing.Sequence", "typing.OrderedDict", "typing.DefaultDict",
})  # fmt: skip
_SCALAR_HOMES = frozenset({
    "builtins", "typing", "typing_extensions", "types", "uuid", "datetime", "decimal", "enum", "ipaddress", "pathlib", "collections", "numbers",
    "re", "pydantic", "pydantic_extra_types", "annotated_types", "fastapi", "starlette",
})  # fmt: skip
COMPUTED = "{?}"
"""In place of the name of an input whose alias is computed."""
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
        """Whether the caller must give it. (A part of the path is always there, whatever its default.)"""
        if self.source == "path":
            return True
        if self.marker is not None and self.marker is self.default:
            first = ir.argument(self.marker, 0, "default")
            made = ir.keyword(self.marker, "default_factory") is not None
            return (first is None and not made) or first == ("const", ...)
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
    return tuple(p for p in _all_parameters(project, key, function) if p.alias != COMPUTED)


@query
def names_every_parameter(project: Project, key: str) -> bool:
    """Whether a function's inputs are all known by name: false where an alias is computed, in a factory of dependencies."""
    function = project.get(Function, key)
    return function is None or all(p.alias != COMPUTED for p in _all_parameters(project, key, function))


def _all_parameters(project: Project, key: str, function: Function) -> list[Parameter]:
    found = []
    for position, param in enumerate(function.params):
        if param.kind in ("var", "kwvar") or (position == 0 and function.cls and param.name in ("self", "cls")):
            continue
        if dependency(project, key, param.annotation, param.default) is not None:
            continue
        default = _named_marker(project, key, param.default)
        marker, source = _marked(project, key, param.annotation, default)
        if source is None:
            source = _by_annotation(project, key, param.annotation)
        alias = _alias(project, key, marker) or _request_name(param.name, source, marker)
        found.append(Parameter(param.name, alias, source, param.annotation, default, marker, key, "Function", param.at))
    return found


def _named_marker(project: Project, key: str, default: Expr | None) -> Expr | None:
    """The `Query(...)` that a default names: a module's `LIMIT = Query(50)`, or a local of the function around; else the default."""
    if default.__class__ is not str and not ir.is_a(default, "ref"):
        return default
    name = dotted(default) if default is not None else None
    symbol = resolve(project, key, name) if name else None
    values: list[Expr | None] = []
    if symbol is not None and ":" in symbol and not symbol.endswith(":"):
        bind = binding(project, symbol)
        values.append(bind.value if bind is not None else None)
    function = project.get(Function, key)
    around = (
        project.get(Body, f"{function.path}:{function.parent}") if function is not None and function.parent else None
    )
    values += [raw[2] for raw in around.raw_binds if raw[0] == name] if around is not None else []
    for value in values:
        choices = value[2:] if ir.is_a(value, "ifexp") and value is not None else (value,)
        for one in choices:
            called = dotted(one[1]) if ir.is_a(one, "call") and one is not None else None
            if called is not None and resolve(project, key, called) in _MARKERS:
                return one
    return default


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
    """Where an input without a marker comes from: FastAPI takes models, mappings and sequences for the body, the rest for the query."""
    if annotation is None:
        return "query"
    symbols = _leaf_symbols(project, key, annotation)
    bases = {base for s in symbols for base in (mro(project, s) if ":" in s else (s,))}
    if bases & _SPECIAL:
        return "special"
    if bases & _FILES:
        return "file"
    for symbol in symbols:
        if ":" in symbol and (
            is_schema(project, symbol) or is_table(project, symbol) or _is_dataclass(project, symbol)
        ):
            return "body"
        if symbol in ("pydantic.BaseModel",):
            return "body"
    if bases & _TYPED_DICTS or _holds_many(project, key, annotation):
        return "body"
    if any(":" not in s and s.partition(".")[0] not in _SCALAR_HOMES for s in symbols):
        return "?"  # a class of a library: a model maybe
    return "query"


def _holds_many(project: Project, key: str, annotation: Expr, depth: int = 0) -> bool:
    """Whether a type is a mapping or a sequence, or may be one: `list[int]`, `dict | None`, an alias of such."""
    if depth > 6:
        return False
    if ir.is_a(annotation, "op") and annotation[1] == "|":
        return any(_holds_many(project, key, one, depth + 1) for one in annotation[2])
    item = ir.is_a(annotation, "item")
    name = dotted(annotation[1] if item else annotation)
    symbol = resolve(project, key, name) if name else None
    if symbol is None:
        return False
    if symbol in _MANY:
        return True
    if not item:
        bind = binding(project, symbol) if ":" in symbol and not symbol.endswith(":") else None
        known = bind is not None and bind.value is not None and project.get(Class, symbol) is None
        return known and _holds_many(project, f"{symbol.partition(':')[0]}:", bind.value, depth + 1)  # type: ignore[union-attr]
    inside = annotation[2][1] if ir.is_a(annotation[2], "tuple") else (annotation[2],)
    if symbol in ("typing.Annotated", "typing_extensions.Annotated"):
        inside = inside[:1]
    elif symbol not in ("typing.Optional", "typing.Union"):
        return False
    return any(_holds_many(project, key, one, depth + 1) for one in inside)


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


def _alias(project: Project, key: str, marker: Expr | None) -> str | None:
    """The name that a marker gives: COMPUTED where the source does not say it; None where it gives none."""
    if marker is None:
        return None
    for name in ("validation_alias", "alias"):
        e = ir.keyword(marker, name)
        if e is not None and e != ("const", None):
            return string_value(project, key, e) or COMPUTED
    return None


def _request_name(name: str, source: str, marker: Expr | None) -> str:
    """What the request calls an input without an alias: FastAPI turns the underscores of a header into hyphens."""
    if source != "header" or (marker is not None and ir.keyword(marker, "convert_underscores") == ("const", False)):
        return name
    return name.replace("_", "-")


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
    return tuple(
        p._replace(source="path")
        if p.alias in names and (p.source == "query" or (p.marker is None and p.source in ("?", "body")))
        else p
        for p in found
    )


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
        return [target] if not called else _products(project, target) or list(made_dependencies(project, target))
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
                _alias(project, field.owner, marker) or field.name,
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
    if markers.isdisjoint(words_in_heads(project, path)) and not declares_any(project, path):
        return frozenset()
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
_BOUND_TYPES = {
    "Ge": "ge",
    "Gt": "gt",
    "Le": "le",
    "Lt": "lt",
    "MinLen": "min_length",
    "MaxLen": "max_length",
    "MultipleOf": "multiple_of",
}


def bounds(project: Project, parameter: Parameter) -> dict[str, str | int | float | None]:
    """The limits that the declaration states: {"ge": 1, "le": 100}; None for one that is not written as a plain value."""
    found: dict[str, str | int | float | None] = {}
    candidates = [(parameter.owner, parameter.marker)] if parameter.marker is not None else []
    candidates.extend(metadata(project, parameter.owner, parameter.annotation))
    if ir.is_a(parameter.annotation, "call"):  # conint(ge=1)
        candidates.append((parameter.owner, parameter.annotation))
    for scope, call in candidates:
        if not ir.is_a(call, "call") or call is None:
            continue
        given = [(name, e) for name in _BOUNDS if (e := ir.keyword(call, name)) is not None and e != ("const", None)]
        named = _BOUND_TYPES.get(ir.last_name(call[1]))
        if named is not None and call[2]:
            given.append((named, call[2][0]))
        for name, e in given:
            found.setdefault("pattern" if name == "regex" else name, _plain_value(project, scope, e))
    return found


def _plain_value(project: Project, scope: str, e: Expr | None) -> str | int | float | None:
    """A literal, or the literal that a name of the project stands for."""
    for _ in range(4):
        name = dotted(e) if e is not None else None
        if name is None:
            break
        symbol = resolve(project, scope, name)
        bind = binding(project, symbol) if symbol is not None and ":" in symbol and not symbol.endswith(":") else None
        if symbol is None or bind is None:
            return None
        scope, e = f"{symbol.partition(':')[0]}:", bind.value
    if ir.is_a(e, "op") and e is not None and e[1] == "*":  # 60 * 60 * 24
        factors = [_plain_value(project, scope, one) for one in e[2]]
        return math.prod(f for f in factors if isinstance(f, int | float)) if _numbers(factors) else None
    if ir.is_a(e, "un") and e is not None and e[1] == "-":
        inner = _plain_value(project, scope, e[2])
        return -inner if isinstance(inner, int | float) else None
    value = e[1] if ir.is_a(e, "const") and e is not None else None
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _numbers(values: list[str | int | float | None]) -> bool:
    return all(isinstance(v, int | float) for v in values)


def default_of(parameter: Parameter) -> Expr | None:
    """The value of an input that the caller leaves out, as it is written; None where there is none."""
    if parameter.required:
        return None
    if parameter.marker is not None and parameter.marker is parameter.default:
        return ir.argument(parameter.marker, 0, "default")
    return parameter.default


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
                return _number(project, parameter.owner, value)
    return None


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "**": lambda a, b: a**b if abs(a) <= _LARGEST and 0 <= b <= _LARGEST else math.nan,
}
_LARGEST = 64
_NAMED = 3
"""How many names a bound is followed through."""


def _number(project: Project, key: str, e: Expr | None, depth: int = 0) -> float:
    """A bound that is written as a number, as a name that the project gives one, or worked out of such; else not a number."""
    match e:
        case ("const", int() | float() as number):
            return float(number)
        case ("op", str(sign), (left, right)) if sign in _ARITHMETIC:
            return _ARITHMETIC[sign](_number(project, key, left, depth), _number(project, key, right, depth))
    name = dotted(e) if e is not None else None
    symbol = resolve(project, key, name) if name is not None else None
    bind = binding(project, symbol) if symbol is not None and ":" in symbol and depth < _NAMED else None
    if symbol is None or bind is None:
        return math.nan
    return _number(project, f"{symbol.partition(':')[0]}:", bind.value, depth + 1)
