"""What is a database session or connection, and of which kind, however it is named."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import dotted
from layercheck.knowledge.database import ASYNC_SESSIONS, SYNC_SESSIONS
from layercheck.project import Project, query
from layercheck.queries.symbols import mro, resolve
from layercheck.queries.type_values import Type, instance
from layercheck.queries.types import param_type

SYNC_SESSION = instance("sqlalchemy.orm.Session")
ASYNC_SESSION = instance("sqlalchemy.ext.asyncio.AsyncSession")
_NAMES = ("db", "session", "conn", "connection", "database", "sess", "dbsession", "db_session", "s", "tx", "cursor")
_SQL_BUILDERS = frozenset(
    {"select", "insert", "update", "delete", "text", "func", "exists", "union", "with_only_columns"}
)


def session_kind(project: Project, kind: Type) -> str | None:
    """ "sync" or "async" for the type of a session, connection or engine, None for anything else."""
    if kind is None or kind[0] != "inst":
        return None
    for base in mro(project, kind[1]):
        if base in SYNC_SESSIONS:
            return "sync"
        if base in ASYNC_SESSIONS:
            return "async"
    return None


@query
def session_params(project: Project, key: str) -> tuple[str, ...]:
    """The parameters of a function that are sessions."""
    function = project.get(Function, key)
    if function is None:
        return ()
    return tuple(p[0] for p in function.raw_params if session_kind(project, param_type(project, key, p[0])) is not None)


@query
def untyped_session(project: Project, key: str, name: str) -> Type:
    """The session type of an unannotated parameter whose use is unmistakable; None otherwise.

    Unmistakable: a name that sessions have, and a query of a model, execute/scalars of a statement, or commit/rollback/flush.
    Awaited calls make it an AsyncSession.
    """
    if not _session_name(name):
        return None
    body = project.get(Body, key)
    if body is None:
        return None
    sure = False
    awaited = False
    for call, _, is_awaited, _ in body.raw_calls:
        func = call[1]
        if func.__class__ is not str or not func.startswith(f"{name}.") or func.count(".") != 1:
            continue
        method = func.rpartition(".")[2]
        if _unmistakable(project, key, method, call):
            sure = True
            awaited = awaited or is_awaited
    if not sure:
        return None
    return ASYNC_SESSION if awaited else SYNC_SESSION


def _session_name(name: str) -> bool:
    lowered = name.lower()
    return lowered in _NAMES or lowered.endswith(("_session", "_db", "_conn", "session"))


def _unmistakable(project: Project, key: str, method: str, call: ir.Expr) -> bool:
    args = call[2]
    if method in ("commit", "rollback", "flush") and not args and not call[3]:
        return True
    if method in ("add", "delete", "refresh", "merge", "expunge", "add_all"):
        return False
    if not args:
        return False
    if method == "query":
        name = dotted(args[0])
        if name is None:
            return False
        first = name.partition(".")[0]
        return first[:1].isupper() or resolve(project, key, name) is not None
    if method in ("execute", "scalar", "scalars", "exec", "stream"):
        return _is_statement(args[0])
    return False


def _is_statement(e: ir.Expr) -> bool:
    """`select(...)...`, `text("...")`, or a literal that starts like SQL."""
    while ir.is_a(e, "call") or ir.is_a(e, "attr"):
        func = e[1]
        if ir.is_a(e, "call"):
            name = dotted(func)
            if name is not None and name.partition(".")[0] in _SQL_BUILDERS | {"sa", "sqlalchemy"}:
                return True
        e = func
    text = ir.text_of(e)
    return text is not None and text.lstrip()[:7].upper().startswith(
        ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "ALTER", "DROP")
    )
