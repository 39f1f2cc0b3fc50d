"""Rate limiters: the libraries, and the words by which hand-written ones are known.

Asked by LC510 to LC512. Source: the documentation of slowapi 0.1.9, fastapi-limiter 0.1 and 0.2, limits 5, pyrate-limiter 3, aiolimiter 1.2,
asgi-ratelimit 0.10, fastapi-guard 3, starlette-limiter.
"""

from __future__ import annotations

LIMITING_PACKAGES: tuple[str, ...] = (
    "aiolimiter", "asgi_ratelimit", "asyncio_throttle", "fastapi_guard", "fastapi_limiter", "fastapi_rate_limiter", "fastapi_throttle",
    "guard.middleware", "limits", "pyrate_limiter", "ratelimit", "ratelimiter", "slowapi", "starlette_limiter", "throttled", "upstash_ratelimit",
)  # fmt: skip
"""Whatever of these a request passes limits it."""

SLOWAPI_LIMITER = "slowapi.Limiter"
SLOWAPI_MIDDLEWARE: frozenset[str] = frozenset(
    {"slowapi.middleware.SlowAPIMiddleware", "slowapi.middleware.SlowAPIASGIMiddleware"}
)
"""They apply the limiter's default_limits; without any they only count decorated routes."""

LIMITING_WORDS: frozenset[str] = frozenset({
    "ratelimit", "ratelimits", "ratelimited", "ratelimiter", "limiter", "limiters", "throttle", "throttled", "throttler", "throttling", "lockout",
    "bruteforce", "cooldown", "quota",
})  # fmt: skip
LIMITING_PAIRS: frozenset[tuple[str, str]] = frozenset({
    ("rate", "limit"), ("rate", "limits"), ("rate", "limited"), ("rate", "limiter"), ("rate", "limiting"), ("login", "attempts"),
    ("login", "attempt"), ("failed", "attempts"), ("failed", "attempt"), ("failed", "login"), ("failed", "logins"), ("brute", "force"),
    ("too", "many"), ("account", "locked"), ("locked", "out"), ("lock", "out"), ("locked", "until"), ("is", "locked"), ("lock", "account"), ("check", "attempts"),
    ("max", "attempts"), ("attempt", "count"), ("attempts", "left"), ("check", "lock"), ("cool", "down"),
})  # fmt: skip
"""Words (and neighbouring words) of the names of functions, decorators and columns that count attempts."""

SLOWAPI_LIMITERS: frozenset[str] = frozenset({SLOWAPI_LIMITER, "slowapi.extension.Limiter"})
PYRATE_LIMITERS: frozenset[str] = frozenset({"pyrate_limiter.Limiter", "pyrate_limiter.limiter.Limiter"})
"""Given rates instead of a bucket they make a bucket in memory."""
PYRATE_RATES: frozenset[str] = frozenset({"Rate", "RequestRate"})
MEMORY_STORAGES: frozenset[str] = frozenset({
    "limits.aio.storage.MemoryStorage", "limits.aio.storage.memory.MemoryStorage", "limits.storage.MemoryStorage",
    "limits.storage.memory.MemoryStorage", "pyrate_limiter.InMemoryBucket", "pyrate_limiter.MemoryListBucket", "pyrate_limiter.MemoryQueueBucket",
})  # fmt: skip
"""Counters that one process keeps for itself."""
