"""Calls that reach a cache: what is called, on which kind of client, for which key."""

from __future__ import annotations

from layercheck import ir
from layercheck.ir import Expr
from layercheck.knowledge.caching import AIOCACHE_CLASSES, REDIS_CLIENTS
from layercheck.project import Project
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.secrets import words
from layercheck.queries.show import show
from layercheck.queries.symbols import mro
from layercheck.tuples import NamedTuple

REDIS = "redis"
AIOCACHE = "aiocache"
_HOLDERS = ("fastapi.Request.", "starlette.requests.", "fastapi.FastAPI.", "fastapi.WebSocket.")
"""What carries clients on attributes that are not typed."""


class CacheCall(NamedTuple):
    """One call of a method of a cache client."""

    site: Site
    client: str
    method: str
    key: str
    """The first argument as text, '' when there is none: equal texts mean equal keys within one function."""


def cache_calls(project: Project, key: str) -> tuple[CacheCall, ...]:
    """The calls of a body on Redis clients, their pipelines, and aiocache caches."""
    found = []
    for site in sites(project, key):
        client = _client(project, site)
        if client is not None:
            argument = _key(site.call)
            found.append(CacheCall(site, client, ir.last_name(site.call[1]), show(argument)))
    return tuple(found)


def _key(call: Expr) -> Expr | None:
    if call[2]:
        return call[2][0] if not ir.is_a(call[2][0], "star") else None
    return ir.keyword(call, "name") or ir.keyword(call, "key")


def key_of(call: CacheCall) -> Expr | None:
    """The expression of the key."""
    return _key(call.site.call)


def _client(project: Project, site: Site) -> str | None:
    func = site.call[1]
    if not (ir.is_a(func, "attr") or (func.__class__ is str and "." in func)):
        return None
    if site.receiver is not None and site.receiver[0] == "inst":
        bases = mro(project, site.receiver[1])
        if any(base in REDIS_CLIENTS for base in bases):
            return REDIS
        return AIOCACHE if any(base in AIOCACHE_CLASSES for base in bases) else None
    if (site.target is None or site.target.startswith(_HOLDERS)) and _named_redis(func):
        return REDIS
    return None


def _named_redis(func: Expr) -> bool:
    """A receiver that is not typed but called redis: `request.app.state.redis.set`."""
    owner = func.rpartition(".")[0].rpartition(".")[2] if func.__class__ is str else ir.last_name(func[1])
    if not owner and ir.is_a(func, "attr") and ir.is_a(func[1], "call"):
        owner = ir.last_name(func[1][1])  # get_redis().set(...)
    return "redis" in words(owner) and words(owner)[-1] in ("redis", "client", "conn", "connection", "pool")
