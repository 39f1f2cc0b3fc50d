"""Cache-aside for book pages: namespaced keys, a time to live, dropped on writes."""

from typing import Protocol

from redis import Redis

TTL_SECONDS = 300


class BookCache(Protocol):
    """Keeps the JSON of book pages."""

    def get(self, book_id: int) -> str | None: ...

    def put(self, book_id: int, page: str) -> None: ...

    def drop(self, book_id: int) -> None: ...


class RedisBookCache:
    """Book pages in Redis, shared by every process."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    @staticmethod
    def key(book_id: int) -> str:
        return f"bookshop:book:{book_id}"

    def get(self, book_id: int) -> str | None:
        page = self.redis.get(self.key(book_id))
        return None if page is None else page.decode()

    def put(self, book_id: int, page: str) -> None:
        self.redis.set(self.key(book_id), page, ex=TTL_SECONDS)

    def drop(self, book_id: int) -> None:
        self.redis.delete(self.key(book_id))


class NoBookCache:
    """Keeps nothing: for a shop without Redis."""

    def get(self, book_id: int) -> str | None:
        return None

    def put(self, book_id: int, page: str) -> None:
        return None

    def drop(self, book_id: int) -> None:
        return None
