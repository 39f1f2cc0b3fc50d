"""Project functions that are handed rows: what they give back and read, under which options; properties of rows."""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import EAGER_LOADERS
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments
from layercheck.queries.effects import SQL, SQL_ONCE, effect_of
from layercheck.queries.implementations import sole_implementation
from layercheck.queries.instance_flow import Walker, flow
from layercheck.queries.instance_schemas import serialised
from layercheck.queries.instances import (
    EMPTY,
    GIVEN,
    Access,
    Chosen,
    Const,
    Fields,
    Rows,
    Sent,
    Value,
    handed_back,
    handed_in,
    holds_rows,
)
from layercheck.queries.loading import Loads, loads
from layercheck.queries.models import is_schema
from layercheck.queries.symbols import class_attribute, mro, resolve
from layercheck.queries.tables_mapping import is_mapped
from layercheck.queries.types import has_decorator, is_static

_REMEMBERS = frozenset({"functools.cached_property"})
PROPERTIES = frozenset({"builtins.property", "functools.cached_property", "sqlalchemy.ext.hybrid.hybrid_property"})


def handed_row(walker: Walker, key: str, written: Expr, row: Rows, part: int, call: Expr) -> None:
    """`sorted(orders, key=customer_name)`: what a function of the project reads of each row that it gets."""
    function = walker.project.get(Function, key)
    if function is None:
        return
    owner = resolve(walker.project, walker.key, (dotted(written) or "").rpartition(".")[0])
    bound = owner is None or walker.project.get(Class, owner) is None  # `Order.label` gets the row as `self`
    position = part + (1 if bound and function.cls and not is_static(walker.project, key) else 0)
    if position < len(function.raw_params):
        given = ((function.raw_params[position][0], handed_in(row)),)
        _bubble(walker, flow(walker.project, key, None, given).accesses, key, call, row.loop)


def project_call(walker: Walker, site: Site, call: Expr, values: dict[int, Value], held: Value) -> Value:
    """The value of a call of a project function or class; notes what it reads of the rows that it is handed."""
    project = walker.project
    target = site.target or ""
    if project.get(Class, target) is not None:
        items = tuple((k, values.get(id(v))) for k, v in call[3] if k is not None)
        if is_schema(project, target):
            for name, value in items:
                if isinstance(value, Rows):
                    serialised(walker, target, name, value, call[4])
            return Fields(tuple((k, None if holds_rows(v) else v) for k, v in items), target)
        return None
    known = followed(project, walker.key, walker.receiver, site)
    if known is None:
        return None
    function, receiver = known
    target = function.key
    if walker.has_expired() and effect_of(project, target, SQL) is not None:
        walker.fresh(None)  # it may ask for the same rows again
    environment = _environment(walker, function, site, values)
    if isinstance(held, Rows) and held.shape == "one" and function.cls and function.raw_params:
        environment[function.raw_params[0][0]] = handed_in(held)
    if not any(holds_rows(v) for v in environment.values()):
        environment = {
            name: v for name, v in environment.items() if isinstance(v, (Const, Chosen))
        }  # they decide branches
        if not may_give_rows(project, function, site):
            return None
    loops = {v.loop for v in (*values.values(), held) if isinstance(v, Rows) and v.shape == "one"}
    found = flow(project, target, receiver, tuple(sorted(environment.items())))
    _bubble(walker, found.accesses, target, call, max(loops, default=0))
    returned = handed_back(found.returned, max(loops, default=0), walker.given)
    if isinstance(returned, Rows) and not returned.given:
        return returned._replace(fetched=call[4] + 1, sent=call[4] + 1)
    return returned


def _chosen(project: Project, key: str, e: Expr | None) -> Chosen | None:
    """Loader options in an argument: `selectinload(Order.lines)`, or a list of such."""
    items = e[1] if ir.is_a(e, "list") or ir.is_a(e, "tuple") else (e,)  # type: ignore[index]
    if not items or not all(ir.is_a(item, "call") for item in items):
        return None
    if not all(_names_loader(item) for item in items):
        return None
    found = loads(project, key, tuple(items))
    return Chosen(found) if found.sure else None


def _names_loader(call: Expr) -> bool:
    return any(ir.last_name(inner[1]) in EAGER_LOADERS for inner in ir.calls(call))


def _options_for(walker: Walker, function: Function, site: Site) -> Chosen | None:
    """The loader options that a call hands to `*options`; none where it hands over nothing there."""
    project, args = walker.project, site.call[2]
    if len(args) == 1 and ir.is_a(args[0], "star") and not site.call[3]:
        held = (walker.names or {}).get(dotted(args[0][1]) or "")
        return held if isinstance(held, Chosen) else None
    if any(ir.is_a(a, "star") for a in args) or any(name is None for name, _ in site.call[3]):
        return None
    first = sum(1 for p in function.raw_params if p[1] in ("pos", "arg"))
    if function.cls and not is_static(project, function.key):
        first -= 1
    rest = args[first:]
    if not rest:
        return Chosen(Loads())
    return _chosen(project, walker.key, ("tuple", rest))


def _environment(walker: Walker, function: Function, site: Site, values: dict[int, Value]) -> dict[str, Value]:
    """What the parameters of the callee hold: rows that are handed in, and literals or defaults that decide branches."""
    project = walker.project
    bound = bound_arguments(project, function.key, site)
    found: dict[str, Value] = {}
    for param in function.params:
        if param.kind == "var" and param.name not in bound:
            chosen = _options_for(walker, function, site)
            if chosen is not None:
                found[param.name] = chosen
        elif param.name in bound and (options := _chosen(project, walker.key, bound[param.name])) is not None:
            found[param.name] = options
        elif param.name in bound:
            value = bound[param.name]
            given = values.get(id(value)) if value is not None else None
            if given is not None and given != EMPTY:
                found[param.name] = handed_in(given)
            elif value == ("const", None):
                found[param.name] = Const(False, none=True)
        elif ir.is_a(param.default, "const") and (param.default[1] is None or isinstance(param.default[1], bool)):  # type: ignore[index]
            found[param.name] = Const(bool(param.default[1]), none=param.default[1] is None)  # type: ignore[index]
    return found


_PLAIN = frozenset(
    {"str", "int", "float", "bool", "bytes", "None", "Response", "JSONResponse", "datetime", "UUID", "Decimal"}
)


_CONTAINERS = frozenset({
    "dict", "list", "set", "frozenset", "tuple", "Dict", "List", "Set", "Tuple", "Optional", "Union", "Sequence", "Iterable", "Iterator",
    "Collection", "Mapping", "Generator", "AsyncIterator", "AsyncGenerator",
})  # fmt: skip
"""Annotations that hold what they are given in brackets, and nothing else."""
_NO_ROWS = (("const", None), ("const", ...))


def may_give_rows(project: Project, function: Function, site: Site) -> bool:
    """Whether it is worth to walk a function that is handed no rows: its value is used, and may hold rows or a statement."""
    if site.use == "stmt":
        return False
    e = function.returns
    if e is None:
        return effect_of(project, function.key, SQL) is not None or _builds_statement(project, function.key)
    if not _may_name_rows(project, function.key, e):
        return False
    return effect_of(project, function.key, SQL) is not None or _builds_statement(project, function.key)


def _may_name_rows(project: Project, key: str, e: Expr) -> bool:
    """Whether rows or a statement may be what an annotation says: not where every part is plain, or a class that is not mapped."""
    name = dotted(e)
    if name is not None:
        if name.rpartition(".")[2] in _PLAIN:
            return False
        symbol = resolve(project, key, name)
        if symbol is not None and ":" in symbol and project.get(Class, symbol) is not None:
            return is_mapped(project, symbol)
        return True
    if ir.is_a(e, "op") and e[1] == "|":
        return any(_may_name_rows(project, key, part) for part in e[2])
    if ir.is_a(e, "item") and ir.last_name(e[1]) in _CONTAINERS:
        parts = e[2][1] if ir.is_a(e[2], "tuple") else (e[2],)
        return any(_may_name_rows(project, key, part) for part in parts)
    return e not in _NO_ROWS


@query
def _builds_statement(project: Project, key: str) -> bool:
    body = project.get(Body, key)
    return body is not None and any(
        ir.last_name(call[0][1]) in ("select", "query", "options") for call in body.raw_calls
    )


def _bubble(walker: Walker, accesses: tuple[Access, ...], target: str, call: Expr, loop: int) -> None:
    """The reads below a call that go over rows which the call hands in: they happen here, once a row."""
    for access in accesses:
        if not access.row.given:
            continue
        row = access.row
        if row.loop == GIVEN:
            if not loop:
                continue
            row = row._replace(loop=loop)
        steps = access.steps or ((target, access.at, f"reads {access.text}"),)
        mine = (walker.key, call[4], f"calls {target.partition(':')[2]}()")
        given = loop == GIVEN or row.source in walker.given
        walker.accesses.append(access._replace(at=call[4], row=row._replace(given=given), steps=(mine, *steps)))


def followed(project: Project, key: str, own: Any, site: Site) -> tuple[Function, Any] | None:
    """(function, type of its `self`) that a call of the project's code runs; `own` is the type of `self` in the body `key`."""
    receiver = _receiver_type(project, key, own, site)
    target = _overridden(project, receiver, site.call[1], site.target or "")
    implementation = sole_implementation(project, target)
    if implementation is not None:
        target = implementation
        receiver = ("inst", implementation.rpartition(".")[0], ())
    function = project.get(Function, target)
    return None if function is None else (function, receiver)


def _receiver_type(project: Project, key: str, own: Any, site: Site) -> Any:
    """The type of `self` for the callee, where it says more than the class that defines the method."""
    func = site.call[1]
    if own is not None and func.__class__ is str and func.startswith("self.") and func.count(".") == 1:
        return own
    if func.__class__ is not str and ir.is_a(func, "attr") and ir.is_a(func[1], "call") and func[1][1] == "super":
        return own or _own_type(project, key)
    kind = site.receiver
    if kind is None or kind[0] not in ("inst", "type") or ":" not in kind[1]:
        return None
    return ("inst", kind[1], kind[2])


def _own_type(project: Project, key: str) -> Any:
    path, _, qualname = key.partition(":")
    owner = qualname.rpartition(".")[0]
    return ("inst", f"{path}:{owner}", ()) if project.get(Class, f"{path}:{owner}") is not None else None


def _overridden(project: Project, receiver: Any, func: Expr, target: str) -> str:
    """The method that a narrower `self` has under the called name."""
    if receiver is None or func.__class__ is not str:
        return target
    found = class_attribute(project, receiver[1], func.rpartition(".")[2])
    return found if found is not None and project.get(Function, found) is not None else target


def read_property(walker: Walker, row: Rows, name: str, at: int, text: str) -> Value:
    """A property of the mapped class that reads relationships; an association proxy."""
    project = walker.project
    symbol = class_attribute(project, row.entity, name)
    function = project.get(Function, symbol) if symbol is not None and ":" in symbol else None
    if function is None:
        through = proxied(project, row.entity, name)
        return walker.attribute(row, through, at, text) if through is not None else None
    if not has_decorator(project, function, PROPERTIES) or not function.raw_params:
        return None
    found = flow(project, function.key, None, ((function.raw_params[0][0], handed_in(row)),))
    if row.loop > 0 and not row.given and effect_of(project, function.key, SQL_ONCE) is not None:
        once = has_decorator(project, function, _REMEMBERS)
        walker.sent.append(Sent(at, row.loop, text, function.key, fetched=row.fetched, once=once))
    for access in found.accesses:
        if access.row.given and row.loop:
            steps = access.steps or ((function.key, access.at, f"reads {access.text}"),)
            row_now = access.row._replace(loop=row.loop, given=row.given)
            walker.accesses.append(access._replace(at=at, row=row_now, text=text, steps=steps))
    return handed_back(found.returned, row.loop, walker.given)


def own_property(walker: Walker, name: str) -> Value:
    """A property of the class that the method runs for: `self.base` with `return select(self.model)`."""
    kind = walker.receiver or _own_type(walker.project, walker.key)
    symbol = class_attribute(walker.project, kind[1], name) if kind is not None else None
    function = walker.project.get(Function, symbol) if symbol is not None else None
    if function is None or not function.decorators or not has_decorator(walker.project, function, PROPERTIES):
        return None
    return handed_back(flow(walker.project, function.key, walker.receiver).returned, 0, walker.given)


@query
def proxied(project: Project, entity: str, name: str) -> str | None:
    """The relationship behind `tags = association_proxy("order_tags", "tag")`."""
    for base in mro(project, entity):
        row = project.get(Class, base)
        for field in row.fields if row is not None else ():
            if field.name == name and ir.is_a(field.value, "call") and field.value is not None:
                if ir.last_name(field.value[1]) == "association_proxy" and field.value[2]:
                    return ir.text_of(field.value[2][0])
    return None
