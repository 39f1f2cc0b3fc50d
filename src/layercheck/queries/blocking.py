"""Whether a call blocks the thread it runs in, and why."""

from __future__ import annotations

from layercheck.knowledge.blocking import BLOCKING_CALLS, BLOCKING_INSTANCES, BLOCKING_METHODS, PASSWORD_HASHING
from layercheck.knowledge.database import SYNC_LIBRARIES
from layercheck.project import Project
from layercheck.queries.callgraph import Site
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import mro

_SENDING = frozenset({"sql", "commit", "flush", "rollback"})


def blocking_reason(project: Project, site: Site) -> str | None:
    """The name of the blocking call ("time.sleep", "sqlalchemy.orm.Session.execute"), or None.

    A call that is awaited does not block, whatever an annotation says. Building a client or a statement does not block.
    """
    target = site.target
    if target is None or ":" in target or site.awaited or site.use == "async with":
        return None
    if target in BLOCKING_CALLS:
        return target
    owner, _, method = target.rpartition(".")
    if site.receiver is not None and site.receiver[0] == "inst":
        for base in mro(project, site.receiver[1]):
            if base in BLOCKING_INSTANCES:
                return None if method in BLOCKING_INSTANCES[base] else f"{base}.{method}"
            methods = BLOCKING_METHODS.get(base)
            if methods is not None:
                return f"{base}.{method}" if method in methods else None
    elif owner in BLOCKING_METHODS and method in BLOCKING_METHODS[owner]:
        return target
    if _SENDING & database_effects(project, site) and _is_sync(project, site, owner):
        return target
    return None


def hashing_reason(project: Project, site: Site) -> str | None:
    """The name of a password hash call: tens of milliseconds of processor time, which only the strict profile reports."""
    target = site.target
    if target is None or ":" in target or site.awaited:
        return None
    owner, _, method = target.rpartition(".")
    owners = [owner]
    if site.receiver is not None and site.receiver[0] == "inst":
        owners.extend(mro(project, site.receiver[1]))
    return target if any(method in PASSWORD_HASHING.get(o, ()) for o in owners) else None


def _is_sync(project: Project, site: Site, owner: str) -> bool:
    if owner == "sqlalchemy.orm.Query" or owner in SYNC_LIBRARIES:
        return True
    if site.receiver is None:
        return False
    if session_kind(project, site.receiver) == "sync":
        return True
    return site.receiver[0] == "inst" and "sqlalchemy.orm.Query" in mro(project, site.receiver[1])
