"""What calls give of ORM instances: statements, results, project functions, schemas that read rows."""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import EAGER_LOADERS, KEYED_CALLS, SELECTS
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments
from layercheck.queries.effects import SQL, SQL_ONCE, effect_of
from layercheck.queries.handed import named_function
from layercheck.queries.implementations import sole_implementation
from layercheck.queries.instance_flow import Walker, flow
from layercheck.queries.instance_queries import build, read, selected, session_method
from layercheck.queries.instance_schemas import adapted, serialised, validated
from layercheck.queries.instances import (
    EMPTY,
    GIVEN,
    Access,
    Chosen,
    Const,
    Each,
    Fields,
    Rows,
    Sent,
    Value,
    element,
    handed_back,
    handed_in,
    holds_rows,
    in_loop,
    join,
)
from layercheck.queries.listed import is_handful
from layercheck.queries.loading import Loads, loads
from layercheck.queries.models import is_schema
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import class_attribute, mro, resolve
from layercheck.queries.tables_mapping import is_mapped
from layercheck.queries.types import has_decorator, is_static

_SAME = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "aiter"})
_PICKS = frozenset({"next", "min", "max", "anext"})
_VALIDATORS = frozenset({"model_validate", "from_orm", "parse_obj"})
_PAGINATORS = ("paginate", "apaginate")
_REMEMBERS = frozenset({"functools.cached_property"})
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property", "sqlalchemy.ext.hybrid.hybrid_property"})


def called(walker: Walker, call: Expr) -> Value:
    """The value of a call; its receiver and arguments are walked once, in order."""
    _, func, args, keywords, at = call
    site = walker.sites.get(at)
    group = _grouped(func)
    if group is not None and (walker.names or {}).get(group) is not None:
        return _group(walker, group, func, args)
    owner, name, held = _receiver(walker, func, at)
    if held == EMPTY and name in ("append", "add", "extend") and owner is not None and owner in (walker.names or {}):
        return _collect(walker, owner, name, args)
    values: dict[int, Value] = {}
    for argument in (*args, *(value for _, value in keywords)):
        if not ir.is_a(argument, "lambda"):
            values[id(argument)] = walker.value(argument)
    if isinstance(held, (Rows, Each, Fields)):
        found, known = _method(walker, held, name, call, site)
        if known:
            return _one_a_round(walker, found, call)
    if site is not None and site.target is None and isinstance(held, Rows) and held.shape == "one":
        method = class_attribute(walker.project, held.entity, name)
        site = site._replace(target=method, receiver=("inst", held.entity, ()))
    if site is None or site.target is None:
        return None
    if ":" in site.target:
        return _one_a_round(walker, _project_call(walker, site, call, values, held), call)
    return _one_a_round(walker, _external(walker, site, name, call, values), call)


def _one_a_round(walker: Walker, found: Value, call: Expr) -> Value:
    """`session.get(Order, key)` in a loop over keys: another row in every round."""
    if isinstance(found, Rows) and found.shape == "one" and found.fetched and not found.loop and not found.given:
        loop = walker.loop_of(call)
        return found._replace(loop=loop) if loop else found._replace(fetched=0)
    return found


def _receiver(walker: Walker, func: Expr, at: int) -> tuple[str | None, str, Value]:
    """(receiver as written, method, value of the receiver) of the called expression."""
    if func.__class__ is str:
        owner, _, name = func.rpartition(".")
        return (owner, name, walker.chain(owner, at)) if owner else (None, name, None)
    if ir.is_a(func, "attr"):
        return None, func[2], walker.value(func[1])
    return None, "", walker.value(func)


def _collect(walker: Walker, owner: str, name: str, args: tuple[Expr, ...]) -> Value:
    """`found.append(order)`: a list that was empty holds such rows now."""
    held = [walker.value(a) for a in args]
    value = held[0] if held else None
    if walker.names is not None:
        if isinstance(value, Rows) and value.shape == ("many" if name == "extend" else "one"):
            walker.names[owner] = value._replace(shape="many", loop=0, extent="some")
        elif isinstance(value, Fields):
            walker.names[owner] = Each(in_loop(value, 0))
        else:
            walker.names[owner] = None
    return EMPTY


def _grouped(func: Expr) -> str | None:
    """The dictionary of `by_key[key].append`, `by_key.setdefault(key, []).append`."""
    if not ir.is_a(func, "attr") or func[2] not in ("append", "add"):
        return None
    if ir.is_a(func[1], "item"):
        return func[1][1] if func[1][1].__class__ is str else None
    made = func[1][1] if ir.is_a(func[1], "call") else None
    return made.rpartition(".")[0] or None if made.__class__ is str and made.endswith(".setdefault") else None


def _group(walker: Walker, name: str, func: Expr, args: tuple[Expr, ...]) -> Value:
    """Rows are put into the lists that a dictionary holds."""
    for e in ir.children(func[1]):
        if e is not None and dotted(e) is None:
            walker.value(e)
    held = [walker.value(a) for a in args]
    row = held[0] if held else None
    if walker.names is not None:
        before = walker.names.get(name)
        mine = row._replace(shape="groups", loop=0, extent="some", fetched=0) if isinstance(row, Rows) else None
        known = mine if isinstance(row, Rows) and row.shape == "one" else None
        walker.names[name] = join(before, known) if known is not None else None
    return EMPTY


# ------------------------------------------------------------------------------------------------- methods of values


def _method(walker: Walker, held: Value, name: str, call: Expr, site: Site | None) -> tuple[Value, bool]:
    """(value, whether the method is one that the value has)."""
    if isinstance(held, Rows):
        if held.shape == "statement":
            return build(walker, held, name, call)
        if held.shape in ("result", "many"):
            given, known = read(held, name)
            return (walker.taken(given, call[4]) if name in ("all", "fetchall") else given), known
        if held.shape == "groups":
            return _of_groups(held, name)
        if held.shape == "keyed":
            many = held._replace(shape="many")
            if name == "values":
                return many, True
            if name in ("get", "pop", "setdefault"):
                loop = walker.loop_of(call[2][0]) if call[2] else 0
                return held._replace(shape="one", loop=loop or held.loop, extent="some", fetched=0), True
            return (
                (Each(Fields((("0", None), ("1", held._replace(shape="one"))))), True)
                if name == "items"
                else (None, True)
            )
        return None, False
    if isinstance(held, Fields):
        text = ir.text_of(call[2][0]) if call[2] else None
        if name in ("get", "pop") and text is not None:
            return held.get(text), True
        return (held, True) if name in ("model_dump", "dict", "copy") else (None, False)
    return None, True


def _of_groups(held: Rows, name: str) -> tuple[Value, bool]:
    many = held._replace(shape="many")
    if name == "values":
        return held._replace(shape="pages"), True
    if name == "items":
        return Each(Fields((("0", None), ("1", many)))), True
    return (many if name in ("get", "pop", "setdefault") else None), True


# ------------------------------------------------------------------------------------------------------ other calls


def _external(walker: Walker, site: Site, name: str, call: Expr, values: dict[int, Value]) -> Value:
    target = site.target or ""
    args = call[2]
    first = values.get(id(args[0])) if args else None
    if target in KEYED_CALLS:
        _read_by(walker, *KEYED_CALLS[target], call, values)
    if target == "collections.defaultdict":
        return EMPTY if args and ir.last_name(args[0]) in ("list", "set") else None
    if target.startswith("builtins."):
        return _builtin(walker, target.removeprefix("builtins."), call, values)
    if name in _VALIDATORS and site.receiver is not None and site.receiver[0] == "type":
        return validated(walker, site.receiver[1], first, call[4])
    if target == "pydantic.TypeAdapter.validate_python":
        return adapted(walker, call, first)
    if target in SELECTS and args:
        return selected(walker, args, call[4])
    kind = session_kind(walker.project, site.receiver) if site.receiver is not None else None
    if kind is not None:
        return session_method(walker, name, call, values, kind == "async")
    if target == "typing.cast" and len(args) == 2:
        return values.get(id(args[1]))
    if target.rpartition(".")[2] in _PAGINATORS and "pagination" in target:
        held = next((v for v in values.values() if isinstance(v, Rows) and v.shape == "statement"), None)
        return held._replace(shape="many") if held is not None else None
    if target.startswith(("itertools.", "more_itertools.")):
        return _iterated(target.rpartition(".")[2], args, values)
    if target in ("asyncio.gather", "copy.copy", "copy.deepcopy"):
        return first if isinstance(first, Rows) else None
    return None


def _iterated(name: str, args: tuple[Expr, ...], values: dict[int, Value]) -> Value:
    """What `chain`, `islice`, `groupby` and their like make of rows."""
    given = [values.get(id(a)) for a in args]
    many = [v._replace(shape="many") for v in given if isinstance(v, Rows) and v.shape in ("many", "statement")]
    if not many or given[0] is None:
        return None
    if name == "chain" and len(many) == len(given):
        out: Value = EMPTY
        for one in many:
            out = join(out, one)
        return out
    if name == "islice" and len(args) == 2:
        return many[0]._replace(extent="some", few=many[0].few or is_handful(args[1]))
    if name in ("batched", "chunked"):
        return many[0]._replace(shape="pages")
    if name == "groupby":
        return Each(Fields((("0", None), ("1", many[0]))))
    return many[0] if name == "islice" else None


def _builtin(walker: Walker, name: str, call: Expr, values: dict[int, Value]) -> Value:
    args = call[2]
    first = values.get(id(args[0])) if args else None
    if name in _SAME:
        if isinstance(first, Rows) and first.shape in ("many", "statement"):
            return walker.taken(first._replace(shape="many"), call[4])
        return first if isinstance(first, (Each, Rows)) or (first == EMPTY and args) else EMPTY if not args else None
    if name == "dict" and not args:
        return EMPTY if not call[3] else Fields(tuple((k, values.get(id(v))) for k, v in call[3] if k is not None))
    if name in _PICKS:
        return element(first, 0)
    if name == "enumerate":
        return Each(Fields((("0", None), ("1", element(first, 0)))))
    if name == "zip":
        return Each(Fields(tuple((str(i), element(values.get(id(a)), 0)) for i, a in enumerate(args))))
    if name == "filter" and len(args) == 2:
        rows = values.get(id(args[1]))
        return rows._replace(extent="some") if isinstance(rows, Rows) else rows
    if name == "getattr" and len(args) >= 2:
        text = ir.text_of(args[1])
        return walker.attribute(first, text, call[4], f"getattr(..., {text!r})") if text is not None else None
    return None


def _read_by(walker: Walker, items: int, function: int | str, part: int, call: Expr, values: dict[int, Value]) -> None:
    """`sorted(orders, key=lambda order: order.customer.name)` reads once a row; so do `attrgetter` and `map(Out.model_validate, orders)`."""
    args = call[2]
    used = (
        ir.keyword(call, function)
        if function.__class__ is str
        else args[function]
        if len(args) > int(function)
        else None
    )
    if used is None or len(args) <= items or walker.names is None:
        return
    row = element(values.get(id(args[items])), call[4] + 1)
    if ir.is_a(used, "lambda"):
        before = walker.names
        if len(used[1]) > part:
            walker.names = {**before, used[1][part]: row}
            walker.value(used[2])
        walker.names = before
    elif ir.is_a(used, "call") and ir.last_name(used[1]) == "attrgetter":
        for text in filter(None, map(ir.text_of, used[2])):
            value = row
            for name in text.split("."):
                value = walker.attribute(value, name, call[4], f"attrgetter({text!r})")
    elif (
        isinstance(row, Rows)
        and (function_key := named_function(walker.project, walker.key, used, call[4])) is not None
    ):
        _handed_row(walker, function_key, used, row, part, call)
    elif ir.last_name(used) in _VALIDATORS:
        owner = (dotted(used) or "").rpartition(".")[0]
        schema = resolve(walker.project, walker.key, owner) if owner else None
        if schema is not None and ":" in schema:
            validated(walker, schema, row, call[4])


def _handed_row(walker: Walker, key: str, written: Expr, row: Rows, part: int, call: Expr) -> None:
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


# ------------------------------------------------------------------------------------------------- project functions


def _project_call(walker: Walker, site: Site, call: Expr, values: dict[int, Value], held: Value) -> Value:
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
    receiver = _receiver_type(walker, site)
    target = _overridden(project, receiver, call[1], target)
    implementation = sole_implementation(project, target)
    if implementation is not None:
        target = implementation
        receiver = ("inst", implementation.rpartition(".")[0], ())
    function = project.get(Function, target)
    if function is None:
        return None
    environment = _environment(project, walker.key, function, site, values)
    if isinstance(held, Rows) and held.shape == "one" and function.cls and function.raw_params:
        environment[function.raw_params[0][0]] = handed_in(held)
    if not any(holds_rows(v) for v in environment.values()):
        environment = {
            name: v for name, v in environment.items() if isinstance(v, (Const, Chosen))
        }  # they decide branches
        if not _may_give_rows(project, function, site):
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


def _options_for(project: Project, key: str, function: Function, site: Site) -> Chosen | None:
    """The loader options that a call hands to `*options`; none where it hands over nothing there."""
    args = site.call[2]
    if any(ir.is_a(a, "star") for a in args) or any(name is None for name, _ in site.call[3]):
        return None
    first = sum(1 for p in function.raw_params if p[1] in ("pos", "arg"))
    if function.cls and not is_static(project, function.key):
        first -= 1
    rest = args[first:]
    if not rest:
        return Chosen(Loads())
    return _chosen(project, key, ("tuple", rest))


def _environment(
    project: Project, walker_key: str, function: Function, site: Site, values: dict[int, Value]
) -> dict[str, Value]:
    """What the parameters of the callee hold: rows that are handed in, and literals or defaults that decide branches."""
    bound = bound_arguments(project, function.key, site)
    found: dict[str, Value] = {}
    for param in function.params:
        if param.kind == "var" and param.name not in bound:
            chosen = _options_for(project, walker_key, function, site)
            if chosen is not None:
                found[param.name] = chosen
        elif param.name in bound and (options := _chosen(project, walker_key, bound[param.name])) is not None:
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


def _may_give_rows(project: Project, function: Function, site: Site) -> bool:
    """Whether it is worth to walk a function that is handed no rows: its value is used, and may hold rows or a statement."""
    if site.use == "stmt":
        return False
    e = function.returns
    if e is None:
        return effect_of(project, function.key, SQL) is not None or _builds_statement(project, function.key)
    if e == ("const", None):
        return False
    name = dotted(e)
    if name is not None:
        if name.rpartition(".")[2] in _PLAIN:
            return False
        symbol = resolve(project, function.key, name)
        if symbol is not None and ":" in symbol and project.get(Class, symbol) is not None:
            return is_mapped(project, symbol)
    return effect_of(project, function.key, SQL) is not None or _builds_statement(project, function.key)


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


def _receiver_type(walker: Walker, site: Site) -> Any:
    """The type of `self` for the callee, where it says more than the class that defines the method."""
    func = site.call[1]
    if walker.receiver is not None and func.__class__ is str and func.startswith("self.") and func.count(".") == 1:
        return walker.receiver
    if func.__class__ is not str and ir.is_a(func, "attr") and ir.is_a(func[1], "call") and func[1][1] == "super":
        return walker.receiver or _own_type(walker)
    kind = site.receiver
    if kind is None or kind[0] not in ("inst", "type") or ":" not in kind[1]:
        return None
    return ("inst", kind[1], kind[2])


def _own_type(walker: Walker) -> Any:
    path, _, qualname = walker.key.partition(":")
    owner = qualname.rpartition(".")[0]
    return ("inst", f"{path}:{owner}", ()) if walker.project.get(Class, f"{path}:{owner}") is not None else None


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
    if not has_decorator(project, function, _PROPERTIES) or not function.raw_params:
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
    kind = walker.receiver or _own_type(walker)
    symbol = class_attribute(walker.project, kind[1], name) if kind is not None else None
    function = walker.project.get(Function, symbol) if symbol is not None else None
    if function is None or not function.decorators or not has_decorator(walker.project, function, _PROPERTIES):
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
