"""What calls give of ORM instances: statements, results, project functions, schemas that read rows."""

from __future__ import annotations

from layercheck import ir
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import KEYED_CALLS, SELECTS
from layercheck.queries.callgraph import Site
from layercheck.queries.constants import string_value
from layercheck.queries.handed import named_function
from layercheck.queries.instance_flow import Walker
from layercheck.queries.instance_functions import handed_row, project_call
from layercheck.queries.instance_queries import build, read, selected, session_method
from layercheck.queries.instance_schemas import adapted, validated
from layercheck.queries.instances import (
    EMPTY,
    Each,
    Fields,
    Rows,
    Value,
    element,
    in_loop,
    join,
)
from layercheck.queries.listed import is_handful
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import class_attribute, resolve

_SAME = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "aiter"})
_PICKS = frozenset({"next", "min", "max", "anext"})
_VALIDATORS = frozenset({"model_validate", "from_orm", "parse_obj"})
_PAGINATORS = ("paginate", "apaginate")


def called(walker: Walker, call: Expr) -> Value:
    """The value of a call; its receiver and arguments are walked once, in order."""
    found = _called(walker, call)
    if call[4] in walker.commits:
        walker.committed(walker.commits[call[4]], call[4])
    return found


def _called(walker: Walker, call: Expr) -> Value:
    _, func, args, keywords, at = call
    site = walker.sites.get(at)
    if site is not None and site.call is not call:
        site = site._replace(call=call)  # the same call, unpacked at another time: `values` goes by what is one object
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
        return _one_a_round(walker, project_call(walker, site, call, values, held), call)
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
        text = string_value(walker.project, walker.key, args[1]) if isinstance(first, (Rows, Fields)) else None
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
        handed_row(walker, function_key, used, row, part, call)
    elif ir.last_name(used) in _VALIDATORS:
        owner = (dotted(used) or "").rpartition(".")[0]
        schema = resolve(walker.project, walker.key, owner) if owner else None
        if schema is not None and ":" in schema:
            validated(walker, schema, row, call[4])
