"""Rate limits: fixed windows, counted in Redis, or in memory where there is none (development, tests)."""

import time
from typing import Protocol

from redis import Redis

from app.core.errors import RateLimitedError


class Counters(Protocol):
    """Counts the hits of a key within a window."""

    def hit(self, key: str, seconds: int) -> int: ...


class RedisCounters:
    """Counters that every process of the shop shares."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    def hit(self, key: str, seconds: int) -> int:
        with self.redis.pipeline() as pipeline:
            pipeline.incr(key)
            pipeline.expire(key, seconds, nx=True)
            count, _ = pipeline.execute()
        return int(count)


class MemoryCounters:
    """Counters of one process."""

    def __init__(self) -> None:
        self.windows: dict[str, tuple[float, int]] = {}

    def hit(self, key: str, seconds: int) -> int:
        now = time.monotonic()
        ends, count = self.windows.get(key, (0.0, 0))
        if ends <= now:
            ends, count = now + seconds, 0
        self.windows[key] = (ends, count + 1)
        return count + 1


class RateLimiter:
    """Refuses what comes too often."""

    def __init__(self, counters: Counters) -> None:
        self.counters = counters

    def check(self, name: str, caller: str, times: int, seconds: int) -> None:
        """Raise RateLimitedError when `caller` used `name` more than `times` within `seconds`."""
        if self.counters.hit(f"bookshop:rate:{name}:{caller}", seconds) > times:
            raise RateLimitedError("Too many requests", retry_after=seconds)
