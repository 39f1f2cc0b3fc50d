"""What a call does to the database, from the type of its receiver and the tables of knowledge."""

from __future__ import annotations

from layercheck import ir
from layercheck.knowledge.database import (
    COMMIT_ARGUMENT,
    LIBRARY_REPOSITORIES,
    LIBRARY_SERVICES,
    OPEN_CURSORS,
    QUERY_TERMINALS,
    SENDING_FUNCTIONS,
    SESSION_MAKERS,
    SESSION_METHODS,
)
from layercheck.project import Project
from layercheck.queries.callgraph import Site
from layercheck.queries.models import is_table
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import mro

_NOTHING: frozenset[str] = frozenset()
_QUERY = "sqlalchemy.orm.Query"
_METHODS = frozenset().union(
    QUERY_TERMINALS,
    SESSION_METHODS,
    ("begin",),
    *(table for tables in (LIBRARY_REPOSITORIES, LIBRARY_SERVICES, COMMIT_ARGUMENT) for table in tables.values()),
)
"""No other method does anything to a database."""
_WRITING_STATEMENTS = frozenset({"insert", "update", "delete"})


def database_effects(project: Project, site: Site) -> frozenset[str]:
    """The effects of a call of something outside the project: some of "sql", "write", "commit", "rollback", "flush".

    "sql" means that a statement is sent at once; `add` and `delete` of a session write without sending. A `commit` is only that.
    """
    target = site.target
    if target is None or ":" in target:
        return _NOTHING
    if target in SENDING_FUNCTIONS:
        return SENDING_FUNCTIONS[target]
    owner, _, method = target.rpartition(".")
    if method not in _METHODS:
        return _NOTHING
    if owner in OPEN_CURSORS and method.startswith("fetch"):
        return _NOTHING
    if method == "begin" and site.use == "with" and begins_transaction(project, site):
        return frozenset({"commit"})
    if method in QUERY_TERMINALS and _is_query(project, site, owner):
        if method in ("delete", "update"):
            return frozenset({"sql", "write"})
        return frozenset({"sql"})
    known = SESSION_METHODS.get(method)
    if known is not None and site.receiver is not None and session_kind(project, site.receiver) is not None:
        if owner in ("sqlalchemy.Engine", "sqlalchemy.ext.asyncio.AsyncEngine"):
            return _NOTHING
        if "sql" in known and method in ("execute", "exec", "scalar", "scalars") and _writes(site):
            return known | {"write"}
        return known
    return library_effects(project, site)


def may_touch(target: str) -> bool:
    """Whether `database_effects` can know an external call by the name of what it calls."""
    return target in SENDING_FUNCTIONS or target.rpartition(".")[2] in _METHODS


def begins_transaction(project: Project, site: Site) -> bool:
    """`with session.begin():`, `sessionmaker.begin()`, `engine.begin()`: the block commits when it is left; savepoints do not."""
    owner = site.target.rpartition(".")[0] if site.target else ""
    return owner in SESSION_MAKERS or (site.receiver is not None and session_kind(project, site.receiver) is not None)


def _is_query(project: Project, site: Site, owner: str) -> bool:
    if owner == _QUERY:
        return True
    return site.receiver is not None and site.receiver[0] == "inst" and _QUERY in mro(project, site.receiver[1])


def _writes(site: Site) -> bool:
    """Whether the statement handed over is an insert, update or delete as far as one can see."""
    if not site.call[2]:
        return False
    e = site.call[2][0]
    while ir.is_a(e, "call") or ir.is_a(e, "attr"):
        if ir.is_a(e, "call"):
            name = ir.dotted(e[1])
            if name is not None and name.partition(".")[0] in _WRITING_STATEMENTS | {"sa", "sqlalchemy"}:
                return name.rpartition(".")[2] in _WRITING_STATEMENTS or any(
                    p in _WRITING_STATEMENTS for p in name.split(".")
                )
        e = e[1]
    text = ir.text_of(e)
    return text is not None and text.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE")


def library_effects(project: Project, site: Site) -> frozenset[str]:
    """The effects of a method of a library repository or service (FastCRUD, advanced-alchemy, sqlalchemy-crud-plus, fastapi-users)."""
    if site.target is None:
        return _NOTHING
    owner, _, method = site.target.rpartition(".")
    owners = [
        owner,
        *(mro(project, site.receiver[1]) if site.receiver is not None and site.receiver[0] == "inst" else ()),
    ]
    for base in owners:
        table = LIBRARY_REPOSITORIES.get(base) or LIBRARY_SERVICES.get(base)
        if table is not None:
            return _with_commit_argument(site, base, method, table.get(method, _NOTHING))
    return _NOTHING


def _with_commit_argument(site: Site, owner: str, method: str, known: frozenset[str]) -> frozenset[str]:
    """`crud.create(db, item, commit=False)` does not commit."""
    if method not in COMMIT_ARGUMENT.get(owner, {}):
        return known
    given = ir.keyword(site.call, "commit")
    if given is None:
        commits = COMMIT_ARGUMENT[owner][method]
    elif ir.is_a(given, "const"):
        commits = bool(given[1])
    else:
        return known
    return known | {"commit"} if commits else known - {"commit"}


def hands_session_to_model(project: Project, site: Site, is_session: bool) -> bool:
    """`User.get_or_create(session, ...)`: a helper of a table class that is handed a session."""
    if not is_session or site.target is None or ":" not in site.target:
        return False
    cls = site.target.rpartition(".")[0]
    return is_table(project, cls) or (
        site.receiver is not None and site.receiver[0] in ("type", "inst") and is_table(project, site.receiver[1])
    )
