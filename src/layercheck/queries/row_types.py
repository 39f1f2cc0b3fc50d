"""Which table a value is a row of, also where the types of the ORM's generics are not written down: `user = db.get(User, 1)`.

Followed are the usual ways to one row: `session.get(User, key)`, `session.query(User)....first()`, `session.scalar(select(User)...)`,
`(await session.execute(statement)).scalar_one_or_none()` with `statement = select(User)` above, and project functions that return such.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.models import is_table
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing

_ONE_ROW = frozenset({
    "first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "get", "get_one", "first_or_404", "get_or_404",
})  # fmt: skip
_STARTS = frozenset({"query", "select"})
_DEPTH = 6


def row_table(project: Project, key: str, e: Expr, at: int, depth: int = 0) -> str | None:
    """The table class that a value in the function `key` is a row of, or None when it is not known to be one."""
    if depth > _DEPTH:
        return None
    kind = Typing(project, key).type(e, at)
    if kind is not None:
        return kind[1] if kind[0] == "inst" and ":" in kind[1] and is_table(project, kind[1]) else None
    name = dotted(e)
    if name is not None:
        value = _bound(project, key, name, at)
        return row_table(project, key, value, at, depth + 1) if value is not None else None
    match e:
        case ("await", inner):
            return row_table(project, key, inner, at, depth + 1)
        case ("call", func, args, _, call_at):
            method = ir.last_name(func)
            if method in ("get", "get_one") and len(args) > 1:
                return table_named(project, key, args[0])
            if method in _ONE_ROW and not (func.__class__ is str and "." not in func):
                return _selected(project, key, e, at, 0)
            for site in sites(project, key):
                if site.at == call_at and site.target is not None and ":" in site.target:
                    return returned_row(project, site.target)
    return None


@query(bottom=None)
def returned_row(project: Project, key: str) -> str | None:
    """The table of the row that a project function returns."""
    body = project.get(Body, key)
    if body is None or project.get(Function, key) is None:
        return None
    for statement in ir.statements(body.statements):
        if statement[0] == "return" and statement[1] is not None:
            found = row_table(project, key, statement[1], statement[-1])
            if found is not None:
                return found
    return None


def _bound(project: Project, key: str, name: str, at: int) -> Expr | None:
    """The value last bound to a name above."""
    body = project.get(Body, key)
    above = [
        raw for raw in (body.raw_binds if body is not None else ()) if raw[0] == name and raw[1] == "=" and raw[5] < at
    ]
    return above[-1][2] if above else None


def table_named(project: Project, key: str, e: Expr) -> str | None:
    """The table class that an expression names, as a key."""
    name = dotted(e)
    symbol = resolve(project, key, name) if name else None
    return symbol if symbol is not None and ":" in symbol and is_table(project, symbol) else None


def _selected(project: Project, key: str, e: Expr, at: int, depth: int) -> str | None:
    """The table of the `query(X)` or `select(X)` that an expression builds on, through local names."""
    for node in ir.walk(e):
        if ir.is_a(node, "call") and ir.last_name(node[1]) in _STARTS and len(node[2]) == 1:
            return table_named(project, key, node[2][0])
    for node in ir.walk(e) if depth < 3 else ():
        name = dotted(node)
        value = _bound(project, key, name.partition(".")[0], at) if name is not None else None
        if value is not None and value != e:
            found = _selected(project, key, value, at, depth + 1)
            if found is not None:
                return found
    return None
