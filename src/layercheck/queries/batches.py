"""Loops that take many rows at a time: pages, slices, work that is sent once in so many rounds."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Context, Function
from layercheck.ir import Expr, Stmt
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments
from layercheck.queries.symbols import resolve

_BATCHERS = ("chunk", "batch", "paginate", "pages", "slices")
_FEW = (("const", 0), ("const", 1))


def is_batching(project: Project, body: Body, loop: Context) -> bool:
    """`while True` with paging, `for i in range(0, n, size)`, `for ids in chunked(...)`, iter(callable, sentinel), `rest = rest[size:]`."""
    if loop.kind == "while":
        if loop.info == ("const", True) or loop.info == ("const", 1) or _mentions_paging(loop.info):
            return True
        return _cuts_off(body, loop)
    iterable = _bound_once(body, loop.info[0])
    if not ir.is_a(iterable, "call"):
        return False
    func = iterable[1]
    name = ir.last_name(func).lower()
    if name in ("enumerate", "tqdm", "track") and iterable[2]:
        return is_batching(project, body, loop._replace(info=(iterable[2][0], *loop.info[1:])))
    if name == "range" and len(iterable[2]) == 3:
        return True
    if name == "partitions" or (name == "iter" and len(iterable[2]) == 2):
        return True
    if any(mark in name for mark in _BATCHERS):
        return True
    symbol = resolve(project, body.key, func) if func.__class__ is str else None
    if symbol is not None and ":" in symbol:
        return gives_slices(project, symbol)
    return symbol in ("itertools.batched", "more_itertools.chunked", "more_itertools.batched", "toolz.partition_all")


def _bound_once(body: Body, e: Expr) -> Expr:
    """What a name holds that is bound once: `chunks = in_chunks(ids)`, and the loop is over `chunks`."""
    values = [raw for raw in body.raw_binds if raw[0] == e] if e.__class__ is str else []
    return values[0][2] if len(values) == 1 and values[0][1] == "=" else e


def _mentions_paging(test: Expr) -> bool:
    names = {n.rpartition(".")[2] for n in ir.walk(test) if n.__class__ is str} | {
        n[1].rpartition(".")[2] for n in ir.walk(test) if ir.is_a(n, "ref")
    }
    return any(word in name.lower() for name in names for word in ("offset", "cursor", "page", "has_more", "batch"))


def _cuts_off(body: Body, loop: Context) -> bool:
    """`while rest: some, rest = rest[:size], rest[size:]`."""
    statement = loop_statement(body, loop)
    tested = {n for n in ir.walk(loop.info) if n.__class__ is str}
    for inner in ir.statements(statement[2]) if statement is not None else ():
        if inner[0] == "assign":
            targets = {n for target in inner[1] for n in ir.walk(target) if n.__class__ is str}
            for node in ir.walk(inner[2]):
                if ir.is_a(node, "item") and ir.is_a(node[2], "slice") and node[1].__class__ is str:
                    if node[1] in tested & targets:
                        return True
        if inner[0] == "del" and any(
            ir.is_a(t, "item") and ir.is_a(t[2], "slice") and t[1].__class__ is str and t[1] in tested for t in inner[1]
        ):
            return True
    return False


@query
def gives_slices(project: Project, key: str) -> bool:
    """Whether a project function gives a collection in slices: it yields `items[start : start + size]`, or returns a list of such."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None:
        return False
    given = [node[1] for node in ir.expressions(body.statements) if ir.is_a(node, "yield")]
    if not function.is_generator:
        returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"]
        given = [e[2] for e in returned if ir.is_a(e, "comp")]
        if len(given) != len(returned):
            return False
    return bool(given) and all(_is_slice(e) or _is_portion(body, e) for e in given)


def _is_portion(body: Body, e: Expr) -> bool:
    """A name that holds `list(islice(...))`, or a list that is filled and begun anew."""
    if e.__class__ is not str:
        return False
    values = [raw[2] for raw in body.raw_binds if raw[0] == e]
    filled = any(call[0][1] in (f"{e}.append", f"{e}.extend") for call in body.raw_calls)
    return bool(values) and all(
        v is not None and (_is_slice(v) or (filled and (ir.is_a(v, "list") or (ir.is_a(v, "call") and v[1] == "list"))))
        for v in values
    )


def _is_slice(e: Expr) -> bool:
    """`items[start : start + size]`, `list(islice(items, size))`."""
    if ir.is_a(e, "item"):
        return ir.is_a(e[2], "slice")
    if ir.is_a(e, "call"):
        return ir.last_name(e[1]) == "islice" or (e[1] in ("list", "tuple") and len(e[2]) == 1 and _is_slice(e[2][0]))
    return False


_OFFSETS = frozenset({"offset", "slice"})


def reads_on(project: Project, body: Body, site: Site, changing: frozenset[str]) -> bool:
    """Whether a query reads the next rows in every round: `.offset(start)`, with a `start` that the loop changes, here or in the callee."""
    if _moves(body, site.call, site.at, changing):
        return True
    callee = project.get(Body, site.target) if site.target is not None and ":" in site.target else None
    if callee is None:
        return False
    given = bound_arguments(project, callee.key, site)
    moved = frozenset(p for p, e in given.items() if e is not None and _mentions(e, changing))
    return bool(moved) and any(_moves(callee, call[0], call[0][4], moved) for call in callee.raw_calls)


def asks_for_all(project: Project, body: Body, site: Site, test: Expr) -> bool:
    """`while level: level = children(in_(level))`: one query for all that the test of the loop is about, here or in the callee."""
    names = frozenset(n for n in ir.walk(test) if n.__class__ is str)
    if _has_in(body, site.call, site.at, names):
        return True
    callee = project.get(Body, site.target) if site.target is not None and ":" in site.target else None
    if callee is None or not names:
        return False
    given = bound_arguments(project, callee.key, site)
    moved = frozenset(p for p, e in given.items() if e is not None and _mentions(e, names))
    return bool(moved) and any(_has_in(callee, call[0], call[0][4], moved) for call in callee.raw_calls)


def _has_in(body: Body, e: Expr, at: int, names: frozenset[str]) -> bool:
    """Whether an expression, or the statement that a name in it holds, has `in_` of one of these names."""
    if "in_" not in body.called:
        return False
    values = [e]
    for node in ir.walk(e):
        if node.__class__ is str:
            values += [raw[2] for raw in body.raw_binds if raw[0] == node and raw[1] == "=" and raw[5] < at]
    return any(
        ir.last_name(call[1]) == "in_" and any(_mentions(a, names) for a in call[2])
        for value in values
        if value is not None
        for call in ir.calls(value)
    )


def _moves(body: Body, e: Expr, at: int, changing: frozenset[str]) -> bool:
    """Whether an expression, or the statement that a name in it holds, has an offset that mentions one of these names."""
    if _OFFSETS.isdisjoint(body.called):
        return False
    values = [e]
    for node in ir.walk(e):
        if node.__class__ is str:
            values += [raw[2] for raw in body.raw_binds if raw[0] == node and raw[1] == "=" and raw[5] < at]
    return any(
        ir.last_name(call[1]) in _OFFSETS and any(_mentions(a, changing) for a in call[2])
        for value in values
        if value is not None
        for call in ir.calls(value)
    )


def _mentions(e: Expr, names: frozenset[str]) -> bool:
    return any((ir.dotted(node) or "").partition(".")[0] in names for node in ir.walk(e))


def once_in_so_many(test: Expr) -> bool:
    """`len(waiting) >= size`, `number % 100 == 0`: what is below happens once in so many rounds."""
    for node in ir.walk(test):
        if ir.is_a(node, "op") and node[1] == "%":
            return True
        if ir.is_a(node, "cmp") and node[2][0][0] in (">=", ">", "==") and node[2][0][1] not in _FEW:
            left = node[1]
            if ir.is_a(left, "call") and left[1] == "len":
                return True
    return False


def loop_statement(body: Body, loop: Context) -> Stmt | None:
    """The for or while statement of a loop; None for comprehensions."""
    for statement in ir.statements(body.statements):
        if statement[0] in ("for", "while") and statement[-1] == loop.construct:
            return statement
    return None
