"""The parts that Redis backs, with a stand-in for the server."""

import pytest

from app.clients.cache import NoBookCache, RedisBookCache
from app.core.errors import RateLimitedError
from app.core.rate_limit import MemoryCounters, RateLimiter, RedisCounters


class FakePipeline:
    def __init__(self, server: "FakeRedis") -> None:
        self.server = server
        self.results: list[object] = []

    def __enter__(self) -> "FakePipeline":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def incr(self, key: str) -> None:
        self.server.counts[key] = self.server.counts.get(key, 0) + 1
        self.results.append(self.server.counts[key])

    def expire(self, key: str, seconds: int, nx: bool) -> None:
        self.server.expiries.setdefault(key, seconds)
        self.results.append(True)

    def execute(self) -> list[object]:
        return self.results


class FakeRedis:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.values: dict[str, bytes] = {}
        self.expiries: dict[str, int] = {}

    def pipeline(self) -> FakePipeline:
        return FakePipeline(self)

    def get(self, key: str) -> bytes | None:
        return self.values.get(key)

    def set(self, key: str, value: str, ex: int) -> None:
        self.values[key] = value.encode()
        self.expiries[key] = ex

    def delete(self, key: str) -> None:
        self.values.pop(key, None)


@pytest.mark.parametrize("counters", [MemoryCounters(), RedisCounters(FakeRedis())])
def test_limiter(counters: MemoryCounters | RedisCounters) -> None:
    limiter = RateLimiter(counters)
    limiter.check("search", "ada", times=1, seconds=60)
    limiter.check("search", "charles", times=1, seconds=60)
    with pytest.raises(RateLimitedError) as refused:
        limiter.check("search", "ada", times=1, seconds=60)
    assert refused.value.retry_after == 60


def test_book_cache_keeps_for_a_while_and_drops() -> None:
    redis = FakeRedis()
    cache = RedisBookCache(redis)
    assert cache.get(7) is None
    cache.put(7, "{}")
    assert cache.get(7) == "{}"
    assert redis.expiries["bookshop:book:7"] > 0
    cache.drop(7)
    assert cache.get(7) is None


def test_no_cache_keeps_nothing() -> None:
    cache = NoBookCache()
    cache.put(7, "{}")
    cache.drop(7)
    assert cache.get(7) is None
