"""What a loop runs over that the source lists: as many rounds as somebody has written, whatever the tables hold."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.ir import Expr, dotted
from layercheck.project import Project
from layercheck.queries.symbols import class_attribute, mro, resolve

_SMALL = 3
_VIEWS = ("items", "keys", "values")
_FILLS = ("add", "append", "extend", "insert", "setdefault", "update")
_ENUMS = frozenset({"enum.Enum", "enum.Flag", "enum.IntEnum", "enum.IntFlag", "enum.StrEnum"})
_READS = frozenset({"all", "exec", "execute", "list", "scalars", "unique"})
_HANDFUL = 10
_DEEP = 6


def is_handful(e: Expr) -> bool:
    """Whether a number is written down and small: `limit(5)`, `rows[:5]`."""
    return ir.is_a(e, "const") and e[1].__class__ is int and 0 <= e[1] <= _HANDFUL


def is_listed(project: Project, body: Body, e: Expr, depth: int = 0) -> bool:
    """Whether the source lists what is looped over: its length has nothing to do with the rows of a table.

    A literal that is not empty, a name bound only to such and not filled, a constant of a module or class, an enumeration, a range of
    numbers, and what `zip`, `enumerate`, `.items()` and comprehensions make of these.
    """
    if depth > _DEEP:
        return False
    match e:
        case ("tuple" | "list" | "set", items):
            return bool(items) and all(is_listed(project, body, x[1], depth + 1) for x in items if ir.is_a(x, "star"))
        case ("dict", pairs):
            return bool(pairs) and all(is_listed(project, body, v, depth + 1) for k, v in pairs if k is None)
        case ("comp", _, _, generators, _):
            return all(is_listed(project, body, g[1], depth + 1) for g in generators)
        case ("ifexp", _, one, other):
            return is_listed(project, body, one, depth + 1) and is_listed(project, body, other, depth + 1)
        case ("item", _, ("slice", None, upper, _), _):
            return is_handful(upper)
        case ("call", func, args, _, _):
            return _is_listed_call(project, body, func, args, depth) or _is_limited(e)
    name = dotted(e)
    return name is not None and _is_listed_name(project, body, name, depth)


def _is_listed_call(project: Project, body: Body, func: Expr, args: tuple[Expr, ...], depth: int) -> bool:
    if func == "range":
        return bool(args) and all(ir.is_a(a, "const") for a in args)
    if func == "zip":
        return any(is_listed(project, body, a, depth + 1) for a in args)
    if func in ("enumerate", "reversed", "sorted", "list", "tuple", "set") and args:
        return is_listed(project, body, args[0], depth + 1)
    if ir.last_name(func) in _VIEWS and not args:
        owner = func[1] if ir.is_a(func, "attr") else (dotted(func) or "").rpartition(".")[0]
        return bool(owner) and is_listed(project, body, owner, depth + 1)
    return False


def _is_limited(e: Expr) -> bool:
    """`session.scalars(select(Order).limit(5)).all()`."""
    return ir.last_name(e[1]) in _READS and any(
        ir.last_name(call[1]) == "limit" and len(call[2]) == 1 and is_handful(call[2][0]) for call in ir.calls(e)
    )


def _is_listed_name(project: Project, body: Body, name: str, depth: int) -> bool:
    values = [raw for raw in body.raw_binds if raw[0] == name]
    if values:
        return not _is_filled(body, name) and all(
            raw[1] == "=" and raw[2] is not None and raw[2] != name and is_listed(project, body, raw[2], depth + 1)
            for raw in values
        )
    owner, _, attribute = name.rpartition(".")
    symbol = resolve(project, body.key, name)
    if symbol is None and owner in ("self", "cls"):
        path, _, qualname = body.key.partition(":")
        symbol = class_attribute(project, f"{path}:{qualname.rpartition('.')[0]}", attribute)
    if symbol is None or ":" not in symbol or symbol.endswith(":"):
        return False
    if project.get(Class, symbol) is not None:
        return not _ENUMS.isdisjoint(mro(project, symbol))
    path, _, qualname = symbol.partition(":")
    scope, _, attribute = qualname.rpartition(".")
    around = project.get(Body, f"{path}:{scope}")
    return around is not None and around.key != body.key and _is_listed_name(project, around, attribute, depth + 1)


def _is_filled(body: Body, name: str) -> bool:
    """Whether something is put into the collection that a name holds: by a method, an item, or `+=`."""
    filling = [f"{name}.{method}" for method in _FILLS]
    if any(call[0][1].__class__ is str and call[0][1] in filling for call in body.raw_calls):
        return True
    return any(
        target[1] == name
        for statement in ir.statements(body.statements)
        if statement[0] in ("assign", "aug")
        for target in (statement[1] if statement[0] == "assign" else (statement[1],))
        if ir.is_a(target, "item")
    )


def is_small_literal(body: Body, e: Expr, depth: int = 0) -> bool:
    """A literal of at most three items, or a local name bound only to such."""
    if depth > _DEEP:
        return False
    if ir.is_a(e, "tuple") or ir.is_a(e, "list") or ir.is_a(e, "set"):
        return 0 < len(e[1]) <= _SMALL and not any(ir.is_a(x, "star") for x in e[1])
    if ir.is_a(e, "dict"):
        return 0 < len(e[1]) <= _SMALL and all(k is not None for k, _ in e[1])
    if ir.is_a(e, "call"):
        func = e[1]
        if func in ("enumerate", "zip", "reversed", "sorted", "list", "tuple", "set") and e[2]:
            return is_small_literal(body, e[2][0], depth + 1)
        if func == "range" and len(e[2]) == 1 and ir.is_a(e[2][0], "const"):
            return isinstance(e[2][0][1], int) and e[2][0][1] <= _SMALL
        if func.__class__ is str and func.rpartition(".")[2] in ("items", "keys", "values") and "." in func:
            return is_small_literal(body, func.rpartition(".")[0], depth + 1)
        if ir.is_a(func, "attr") and func[2] in ("items", "keys", "values"):
            return is_small_literal(body, func[1], depth + 1)
        return False
    if e.__class__ is str:
        values = [raw for raw in body.raw_binds if raw[0] == e]
        growing = (f"{e}.append", f"{e}.extend", f"{e}.add", f"{e}.update", f"{e}.insert")
        if any(call[0][1].__class__ is str and call[0][1] in growing for call in body.raw_calls):
            return False
        return bool(values) and all(
            raw[1] == "="
            and raw[2] is not None
            and raw[2].__class__ is not str
            and is_small_literal(body, raw[2], depth + 1)
            for raw in values
        )
    return False
