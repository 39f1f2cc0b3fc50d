"""Caches: the methods that write to them, the arguments that say when an entry expires, the decorators that remember answers.

Asked by the rules about caches (LC619 to LC621). Source: redis-py 8.1 (command reference), aiocache 0.12 and 1.0, cachetools 6,
async-lru 2, functools, fastapi-cache2 0.2, cashews 7.
"""

from __future__ import annotations

REDIS_CLIENTS: frozenset[str] = frozenset({"redis.Redis", "redis.asyncio.Redis"})
"""Clients and, through them, their pipelines."""

REDIS_SET: dict[str, int] = {"ex": 2, "px": 3, "exat": 8, "pxat": 9, "keepttl": 6}
"""Arguments of `set` that bound the life of the entry -> position."""

REDIS_VALUES: frozenset[str] = frozenset({"getset", "psetex", "set", "setex", "setnx"})
"""Methods that write one value under a key."""

REDIS_COLLECTIONS: frozenset[str] = frozenset({"hmset", "hset", "lpush", "rpush", "sadd", "zadd"})
"""Methods that write into a structure, which lives until somebody lets it expire."""

REDIS_EXPIRING: frozenset[str] = frozenset({
    "expire", "expireat", "getex", "hexpire", "hexpireat", "hpexpire", "hsetex", "pexpire", "pexpireat", "psetex", "setex",
})  # fmt: skip
"""Methods that give the entry of their first argument an end."""
REDIS_REMOVING: frozenset[str] = frozenset({"delete", "flushdb", "getdel", "hdel", "unlink"})

AIOCACHE_CLASSES: frozenset[str] = frozenset({
    "aiocache.Cache", "aiocache.MemcachedCache", "aiocache.RedisCache", "aiocache.SimpleMemoryCache", "aiocache.ValkeyCache",
})  # fmt: skip
AIOCACHE_WRITES: dict[str, int] = {"add": 2, "multi_set": 1, "set": 2}
"""Methods of aiocache that write -> position of `ttl`."""

UNBOUNDED: frozenset[str] = frozenset({"functools.cache"})
BOUNDED_BY_SIZE: frozenset[str] = frozenset({"functools.lru_cache", "async_lru.alru_cache"})
"""Decorators that keep everything for ever with `maxsize=None`."""
AIOCACHE_DECORATORS: frozenset[str] = frozenset(
    {"aiocache.cached", "aiocache.multi_cached", "aiocache.cached_stampede"}
)
CACHETOOLS_DECORATORS: frozenset[str] = frozenset(
    {"cachetools.cached", "cachetools.cachedmethod", "cachetools.func.lru_cache"}
)

MEMORY_DECORATORS: frozenset[str] = UNBOUNDED | BOUNDED_BY_SIZE | AIOCACHE_DECORATORS | CACHETOOLS_DECORATORS
