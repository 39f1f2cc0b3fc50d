"""Reads of many whole rows: which table class they give, and by which methods the statement, query and result were shaped on the way."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Bind, Body
from layercheck.ir import Expr, dotted
from layercheck.project import Project
from layercheck.queries.callgraph import enclosing
from layercheck.queries.entities import ITERABLE, MANY, entity_of, entity_or_form
from layercheck.queries.symbols import resolve
from layercheck.tuples import NamedTuple

_SENDS = frozenset({"execute", "exec", "scalars", "scalar"})
_COPIES = frozenset({"list", "tuple", "sorted"})
_COLLECTS = frozenset({"all", "fetchall"})
_MAX_DEPTH = 12
_NOTHING: frozenset[str] = frozenset()


class Read(NamedTuple):
    """Rows of one table class, all of them fetched at once."""

    cls: str
    methods: frozenset[str]
    """What was called on the way from `select(Model)` or `query(Model)`: "where", "order_by", "scalars", "all", ..."""


def read_of(project: Project, body: Body, e: Expr, context: int) -> Read | None:
    """The read that an expression of a body is: `.all()` or `list(...)` of a query that is built in the same body from one table class.

    None for single rows, for statements that nobody has sent, and wherever a part of the chain is not seen.
    """
    call = e[1] if ir.is_a(e, "await") else e
    if not ir.is_a(call, "call"):
        return None
    if ir.last_name(call[1]) not in _COLLECTS and dotted(call[1]) not in _COPIES:
        return None
    methods = _methods(project, body, call, call[4], context, 0)
    if methods is None:
        return None
    entity = entity_of(project, body.key, e, call[4])
    return Read(entity.cls, methods) if entity is not None and entity.form == MANY else None


def looped_read(project: Project, body: Body, e: Expr, context: int) -> Read | None:
    """The read that a loop over an expression is; here the query may be iterated over as it is: `for row in session.scalars(...)`."""
    call = e[1] if ir.is_a(e, "await") else e
    if not ir.is_a(call, "call"):
        return None
    methods = _methods(project, body, call, call[4], context, 0)
    if methods is None:
        return None
    entity = entity_or_form(project, body.key, e, call[4], 0)
    return Read(entity.cls, methods) if entity is not None and entity.form in ITERABLE else None


def _methods(project: Project, body: Body, e: Expr, at: int, context: int, depth: int) -> frozenset[str] | None:
    """The methods of a chain, followed through local names; None when it does not begin with a query made here."""
    if depth > _MAX_DEPTH:
        return None
    if ir.is_a(e, "await"):
        return _methods(project, body, e[1], at, context, depth)
    if ir.is_a(e, "ref"):
        return _NOTHING if e[1].endswith(".query") else None  # Book.query
    if e.__class__ is str:
        return _bound(project, body, e, at, context, depth)
    if not ir.is_a(e, "call"):
        return None
    func, last = e[1], ir.last_name(e[1])
    name = dotted(func)
    if name in _COPIES:
        return _methods(project, body, e[2][0], at, context, depth + 1) if len(e[2]) == 1 else None
    if last == "query" or (name is not None and (resolve(project, body.key, name) or "").endswith(".select")):
        return _NOTHING
    if last in _SENDS and e[2]:
        return _methods(project, body, e[2][0], at, context, depth + 1)
    owner: Expr = func[1] if ir.is_a(func, "attr") else name.rpartition(".")[0] if name is not None else None
    if not owner:
        return None
    if owner.__class__ is str and "." in owner:
        owner = ("ref", owner, at)
    found = _methods(project, body, owner, at, context, depth + 1)
    return found | {last} if found is not None else None


def _bound(project: Project, body: Body, name: str, at: int, context: int, depth: int) -> frozenset[str] | None:
    """What the bindings of a name that may reach a use have called, taken together."""
    around = {0, context, *(c.parent for c in enclosing(body, context))}
    found = _NOTHING
    for raw in body.raw_binds[::-1]:
        if raw[0] != name or raw[5] >= at:
            continue
        bind = Bind._make(raw)
        if bind.kind not in ("=", ":="):
            return None
        methods = _methods(project, body, bind.value, bind.at, bind.context, depth + 1)
        if methods is None:
            return None
        found |= methods
        if bind.context in around:
            return found
    return None
