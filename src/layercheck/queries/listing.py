"""Whether a route answers with a list of resources: as declared, in an envelope, or as its body shows."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.ir import Expr, dotted
from layercheck.knowledge.pagination import META_FIELDS
from layercheck.project import Project, query
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.routes import Route
from layercheck.queries.schemas import response_model, schema_fields
from layercheck.queries.symbols import mro, resolve
from layercheck.queries.type_values import Type
from layercheck.queries.types import Typing, annotation_type, field_type

_LIST = "builtins.list"
_DICT = "builtins.dict"
_ROOT_MODELS = frozenset({"pydantic.RootModel", "pydantic.root_model.RootModel"})
_MAX_DEPTH = 3
_ALL = frozenset({"all", "fetchall", "scalars"})
_READS = frozenset({"query", "select"})
_DATA_FIELDS = frozenset({"data", "items", "results", "result", "records", "rows", "content", "payload", "body"})
_ENCODERS = frozenset({"fastapi.encoders.jsonable_encoder", "builtins.list", "builtins.sorted", "builtins.reversed"})


@query
def lists(project: Project, route: Route) -> str | None:
    """The name of what a route lists ("Book", "dict"), or None when it answers with no list of resources or nobody can tell."""
    declared = response_model(project, route)
    if declared.annotation is not None:
        kind = annotation_type(project, declared.scope, declared.annotation)
        found = listed_type(project, kind, 0)
        if found is not None or not _says_nothing(project, kind):
            return found
    return listed_by_body(project, route.handler) if route.handler is not None else None


def _says_nothing(project: Project, kind: Type) -> bool:
    """A declaration that leaves the answer open: a bare dict or list, Any, a Response class."""
    if kind is None or kind[0] != "inst":
        return False
    symbol = kind[1]
    if symbol in (_DICT, _LIST):
        return all(a is None or a == ("inst", "typing.Any", ()) or a == ("inst", "builtins.str", ()) for a in kind[2])
    return symbol in ("typing.Any", "builtins.object") or (":" not in symbol and symbol.endswith("Response"))


def listed_type(project: Project, kind: Type, depth: int) -> str | None:
    """The name of the resource that a type is a list (or an envelope around a list) of."""
    if kind is None or kind[0] != "inst" or depth > _MAX_DEPTH:
        return None
    if kind[1] == _LIST:
        return _resource(project, kind[2][0]) if kind[2] else None
    if ":" not in kind[1] or not (is_schema(project, kind[1]) or _is_record(project, kind[1])):
        return None
    return _enveloped(project, kind, depth)


def _resource(project: Project, kind: Type) -> str | None:
    if kind is None or kind[0] != "inst":
        return None
    symbol = kind[1]
    if symbol == _DICT:
        return "dict"
    if ":" in symbol and (is_schema(project, symbol) or is_table(project, symbol) or _is_record(project, symbol)):
        return str(symbol.rpartition(":")[2].rpartition(".")[2])
    return None


@query
def _is_record(project: Project, cls: str) -> bool:
    """A dataclass or a TypedDict."""
    row = project.get(Class, cls)
    if row is None:
        return False
    names = [ir.last_name(d[1] if ir.is_a(d, "call") else d) for d in row.decorators]
    return "dataclass" in names or any(base.endswith(".TypedDict") for base in mro(project, cls))


def _enveloped(project: Project, kind: Type, depth: int) -> str | None:
    """The resource of an envelope: its only payload beside paging and meta fields is a list."""
    cls = kind[1]
    for base in mro(project, cls):
        if base in _ROOT_MODELS:
            return None
    payload = [f for f in schema_fields(project, cls) if not is_meta(f.name)]
    if len(payload) != 1:
        return None
    return listed_type(project, field_type(project, kind, payload[0].owner, payload[0].annotation), depth + 1)


def is_meta(name: str) -> bool:
    """Whether a field of an envelope is paging or meta information by its name."""
    name = name.lower()
    return (
        name in META_FIELDS
        or name.replace("_", "") in META_FIELDS
        or name.startswith(("total_", "num_", "has_", "is_", "next_", "prev_", "previous_"))
        or name.endswith(("_count", "_total", "_summary", "_page", "_pages", "_totals"))
    )


@query
def listed_by_body(project: Project, handler: str) -> str | None:
    """The resource that a handler's returned values are lists of, where nothing is declared."""
    body = project.get(Body, handler)
    for statement in ir.statements(body.statements) if body is not None else ():
        if statement[0] == "return" and statement[1] is not None:
            found = _value(project, handler, statement[1], statement[2], 0)
            if found is not None:
                return found
    return None


def _value(project: Project, key: str, e: Expr, at: int, depth: int) -> str | None:
    while ir.is_a(e, "await"):
        e = e[1]
    if depth > _MAX_DEPTH:
        return None
    match e:
        case ("dict", pairs):
            return _dict_value(project, key, pairs, at, depth)
        case ("comp", "list", element, generators, _):
            return _comprehension(project, key, element, generators)
        case ("call", func, args, keywords, _):
            found = _helper(project, key, e, func, args, keywords, at, depth)
            if found is not None:
                return found
    if e.__class__ is str:
        local = _local(project, key, e)
        if local is not None and local.__class__ is tuple and local[0] in ("dict", "comp", "call", "await"):
            found = _value(project, key, local, at, depth + 1)
            if found is not None:
                return found
    kind = Typing(project, key).type(e, at)
    if kind is None or kind in (("inst", _LIST, ()), ("inst", _LIST, (None,))):
        return _rows_of(project, key, e)
    return listed_type(project, kind, 0) if kind[1:2] != (_DICT,) else None


def _rows_of(project: Project, key: str, e: Expr) -> str | None:
    """`db.query(Book).filter(...).all()`, `(await db.execute(select(Book))).scalars().all()`: the table that is read whole."""
    if e.__class__ is str:
        local = _local(project, key, e)
        return _rows_of(project, key, local) if local is not None and local.__class__ is tuple else None
    while ir.is_a(e, "await"):
        e = e[1]
    if not ir.is_a(e, "call") or ir.last_name(e[1]) not in _ALL:
        return None
    for call in ir.calls(e):
        if ir.last_name(call[1]) in _READS and len(call[2]) == 1:
            name = dotted(call[2][0])
            symbol = resolve(project, key, name) if name else None
            if symbol is not None and is_table(project, symbol):
                return str(symbol.rpartition(":")[2].rpartition(".")[2])
    return None


def _dict_value(
    project: Project, key: str, pairs: tuple[tuple[Expr | None, Expr], ...], at: int, depth: int
) -> str | None:
    names = [ir.text_of(k) if k is not None else None for k, _ in pairs]
    if any(n is None for n in names):
        return None
    payload = [v for n, (_, v) in zip(names, pairs, strict=True) if n is not None and not is_meta(n)]
    return _value(project, key, payload[0], at, depth + 1) if len(payload) == 1 else None


def _comprehension(
    project: Project, key: str, element: Expr, generators: tuple[tuple[Expr, Expr, Expr, bool], ...]
) -> str | None:
    """`[BookOut.model_validate(b) for b in books]`, `[{"id": b.id} for b in books]` over rows of a table."""
    found = _resource(project, Typing(project, key).type(element))
    if found is not None and found != "dict":
        return found
    if not ir.is_a(element, "dict") or len(generators) != 1:
        return None
    target = generators[0][0]
    if target.__class__ is not str:
        return None
    over = Typing(project, key).name(target, 1 << 30)
    return _resource(project, over) if over is not None and ":" in over[1] else None


def _helper(
    project: Project, key: str, call: Expr, func: Expr, args: tuple[Expr, ...], keywords: tuple[tuple[str | None, Expr], ...], at: int,
    depth: int,
) -> str | None:  # fmt: skip
    """A list handed to an envelope helper (or a Response) as its data."""
    name = dotted(func)
    symbol = resolve(project, key, name) if name else None
    if symbol in _ENCODERS and args:
        return _value(project, key, args[0], at, depth + 1)
    for keyword, value in keywords:
        if keyword is not None and keyword.lower() in _DATA_FIELDS:
            return _value(project, key, value, at, depth + 1)
    if symbol is not None and symbol.endswith("Response") and ":" not in symbol and args:
        return _value(project, key, args[0], at, depth + 1)
    return None


def _local(project: Project, key: str, name: str) -> Expr | None:
    """The value of a local that is bound once."""
    body = project.get(Body, key)
    values = [raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name]
    if len(values) == 1 and values[0][1] == "=" and values[0][2] != name:
        return values[0][2]
    return None
