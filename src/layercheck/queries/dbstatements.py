"""The statements of a function that talk to the database by themselves: where a session is asked, one entry a statement."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.knowledge.database import OPEN_CURSORS
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, enclosing, sites
from layercheck.queries.dbcalls import hands_session_to_model
from layercheck.queries.effects import SQL, WRITE, display, effects
from layercheck.queries.models import is_table
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing
from layercheck.tuples import NamedTuple

_METHODS = frozenset({
    "execute", "scalar", "scalars", "exec", "get", "get_one", "query", "add", "add_all", "delete", "merge", "flush", "commit", "rollback",
    "refresh", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings", "stream", "stream_scalars", "exec_driver_sql",
    "fetch_all", "fetch_one", "fetch_val", "fetch", "fetchrow", "fetchval", "executemany", "execute_many", "iterate", "run_sync",
    "fetchone", "fetchall", "fetchmany",
})  # fmt: skip


class Statement(NamedTuple):
    """The first database call of a statement."""

    at: int
    name: str
    """The text of the callee: "session.execute"."""
    owner: str
    """The class of the object that it is called on, where that is known."""


@query
def database_statements(project: Project, key: str) -> tuple[Statement, ...]:
    """The database calls of a body, one a statement.

    A chained query is one call; the rollback of an except branch belongs to what it cleans up after.
    """
    body = project.get(Body, key)
    if body is None:
        return ()
    found = [(site, name) for site in sites(project, key) if (name := _database_call(project, body, site)) is not None]
    cleaning = [
        (site, name)
        for site, name in found
        if site.call[1].__class__ is str and name.endswith(".rollback") and _in_except(body, site)
    ]
    if len(cleaning) < len(found):
        found = [entry for entry in found if entry not in cleaning]
    statements = call_statements(body)
    out: dict[tuple[int, int] | None, Statement] = {}
    for site, name in found:
        owner = site.receiver[1] if site.receiver is not None and site.receiver[0] == "inst" else ""
        out.setdefault(statements.get(site.at), Statement(site.at, name, owner))
    return tuple(out.values())


def call_statements(body: Body) -> dict[int, tuple[int, int]]:
    """The statement (for a compound one: which of its own expressions) that each call of a body stands in, by ordinals."""
    found = {}
    for statement in ir.statements(body.statements):
        for position, e in enumerate(ir.own_expressions(statement)):
            for call in ir.calls(e):
                found[call[4]] = (statement[-1], position if statement[0] == "if" else 0)
    return found


def _database_call(project: Project, body: Body, site: Site) -> str | None:
    """The text of the callee when the call names a session and reaches the database, else None."""
    func = site.call[1]
    name = func.rpartition(".")[2] if func.__class__ is str else func[2] if func[0] == "attr" else ""
    if name in _METHODS and site.receiver is not None and (site.target is None or ":" not in site.target):
        owner = site.target.rpartition(".")[0] if site.target else ""
        reads_on = owner in OPEN_CURSORS and name.startswith("fetch")
        if session_kind(project, site.receiver) is not None and not owner.endswith("Engine") and not reads_on:
            return func if func.__class__ is str else f"session.{name}"
    if (
        site.target is not None
        and ":" in site.target
        and hands_session_to_model(project, site, _gets_session(project, body, site))
    ):
        if any(e.name in (SQL, WRITE) for e in effects(project, site.target)):
            return display(site.target)
    return func if func.__class__ is str and _queries_model(project, body, func) else None


def _queries_model(project: Project, body: Body, func: str) -> bool:
    """`Order.query.filter_by(...)`: the query property that a scoped session or Flask-SQLAlchemy gives to table classes."""
    owner, _, rest = func.partition(".query.")
    if not rest:
        return False
    symbol = resolve(project, body.key, owner)
    return symbol is not None and is_table(project, symbol)


def _gets_session(project: Project, body: Body, site: Site) -> bool:
    typing = Typing(project, body.key)
    values = [*site.call[2], *(value for _, value in site.call[3])]
    return any(session_kind(project, typing.type(value, site.at)) is not None for value in values)


def _in_except(body: Body, site: Site) -> bool:
    return any(c.kind == "except" for c in enclosing(body, site.context))
