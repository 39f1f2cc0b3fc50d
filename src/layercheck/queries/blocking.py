"""Whether a call blocks the thread it runs in, and why."""

from __future__ import annotations

import re
from functools import lru_cache

from layercheck import ir
from layercheck.ir import Expr, dotted
from layercheck.knowledge.blocking import (
    BLOCKING_BLOCKS,
    BLOCKING_CALLS,
    BLOCKING_INSTANCES,
    BLOCKING_METHODS,
    BLOCKING_READS,
    BOTO_STUBS,
    CHILD_MODES,
    NEVER_WAITS,
    PASSWORD_HASHING,
)
from layercheck.knowledge.database import SYNC_LIBRARIES
from layercheck.knowledge.types import RETURNS
from layercheck.project import Project, query
from layercheck.queries.around import async_entered
from layercheck.queries.callgraph import Site
from layercheck.queries.dbcalls import database_effects, may_touch
from layercheck.queries.modules import module_name
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import external_mro, mro
from layercheck.queries.values import uses_in

_SENDING = frozenset({"sql", "commit", "flush", "rollback"})
_HASHING_METHODS = frozenset().union(*PASSWORD_HASHING.values())
_CONFIGURED = ("blocking-call-in-async", "blocking-calls")
"""The option with which a project extends the tables of knowledge."""


def blocking_reason(project: Project, key: str, site: Site) -> str | None:
    """The name of the blocking call ("time.sleep", "sqlalchemy.orm.Session.execute") that a call of the body `key` is, or None.

    A call that is awaited, or entered by `async with`, does not block, whatever an annotation says. Building a client or a statement does not block.
    """
    if site.awaited or (site.use == "with" and site.at in async_entered(project, key)):
        return None
    named = _configured(project, site)
    if named is not None:
        return named
    target = site.target
    if target is None or ":" in target:
        return None
    if site.use == "with" and (made := RETURNS.get(target, target)) in BLOCKING_BLOCKS:
        return BLOCKING_BLOCKS[made]
    if target in BLOCKING_CALLS:
        return None if _returns_at_once(site, target) else target
    owner, _, method = target.rpartition(".")
    if site.receiver is not None and site.receiver[0] == "inst":
        for base in _known_bases(project, site.receiver[1]):
            free = BLOCKING_INSTANCES.get(_without_stubs(base))
            if free is not None:
                return _read(project, key, site, target) if method in free else f"{base}.{method}"
            methods = BLOCKING_METHODS.get(base)
            if methods is not None and method in methods:
                return None if _returns_at_once(site, f"{base}.{method}") else f"{base}.{method}"
            if methods is not None:
                return _read(project, key, site, target)
    elif owner in BLOCKING_METHODS and method in BLOCKING_METHODS[owner]:
        return target
    if _SENDING & database_effects(project, site) and _is_sync(project, site, owner):
        return target
    return _read(project, key, site, target)


def may_block(project: Project, site: Site) -> bool:
    """Whether the tables know an external call: by the name of what it calls, or by the class of the object that it is a method of."""
    if site.target is not None and _is_named(site.target):
        return True
    receiver = site.receiver
    return receiver is not None and receiver[0] == "inst" and bool(_known_bases(project, receiver[1]))


@lru_cache(maxsize=1 << 14)
def _is_named(target: str) -> bool:
    """Whether the tables have an external name, in whatever column."""
    owner, _, method = target.rpartition(".")
    made = RETURNS.get(target, target)
    return (
        target in BLOCKING_CALLS
        or owner in BLOCKING_METHODS
        or method in _HASHING_METHODS
        or made in BLOCKING_BLOCKS
        or made in BLOCKING_READS
        or may_touch(target)
    )


def _known_bases(project: Project, cls: str) -> tuple[str, ...]:
    """The class and its bases, as far as the tables of blocking methods know them."""
    return _known_bases_of(project, cls) if ":" in cls else _known(external_mro(cls))


@query
def _known_bases_of(project: Project, cls: str) -> tuple[str, ...]:
    return _known(mro(project, cls))


@lru_cache(maxsize=1 << 14)
def _known(bases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([base for base in bases if base in BLOCKING_METHODS or _without_stubs(base) in BLOCKING_INSTANCES])


def configured(project: Project) -> bool:
    """Whether the project names blocking calls of its own."""
    return bool(project.settings.names_of(*_CONFIGURED))


def _configured(project: Project, site: Site) -> str | None:
    """The name by which the configuration calls a call blocking: what it reaches, or, where that is not known, the text as written."""
    patterns = project.settings.names_of(*_CONFIGURED)
    if not patterns:
        return None
    path, colon, qualname = (site.target or "").partition(":")
    name = f"{module_name(project, path)}.{qualname}" if colon else path or dotted(site.call[1])
    return name if name and _pattern(patterns).fullmatch(name) else None


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for names with `*` for any part."""
    return re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in names))


def _returns_at_once(site: Site, name: str) -> bool:
    """Whether arguments say not to wait: `queue.get(block=False)`, `select(r, w, x, 0)`, `os.spawnl(os.P_NOWAIT, ...)`."""
    if name.startswith(CHILD_MODES[0]):
        mode = ir.argument(site.call, 0, "mode")
        return ir.last_name(mode) != CHILD_MODES[1] and mode != ("const", 0)
    place = NEVER_WAITS.get(name)
    given: Expr | None = ir.argument(site.call, *place) if place is not None else None
    return ir.is_a(given, "const") and given[1] is not None and not given[1]  # type: ignore[index]


def _without_stubs(cls: str) -> str:
    """The class of boto3 that a class of its stub packages stands for; any other class itself."""
    if not cls.startswith(BOTO_STUBS):
        return cls
    last = cls.rpartition(".")[2]
    return "boto3.client" if last.endswith("Client") else "boto3.resource" if last.endswith("ServiceResource") else cls


def _read(project: Project, key: str, site: Site, target: str) -> str | None:
    """The call to name when a call gives something that waits while it is read, and is read on the spot: `for page in find():`."""
    name = BLOCKING_READS.get(RETURNS.get(target, ""))
    if name is None:
        return None
    uses = uses_in(project, key)
    bound = uses.names.get(site.at)
    reads = uses.of_names.get(bound, ()) if bound is not None else (uses.calls.get(site.at, ""),)
    return name if any(use.endswith(("()", "iteration", "index", "unpacking")) for use in reads) else None


def hashing_reason(project: Project, site: Site) -> str | None:
    """The name of a password hash call: tens of milliseconds of processor time, which only the strict profile reports."""
    target = site.target
    if target is None or ":" in target or site.awaited:
        return None
    owner, _, method = target.rpartition(".")
    if method not in _HASHING_METHODS:
        return None
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
