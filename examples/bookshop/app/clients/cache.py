"""Cache-aside for book pages."""

from redis import Redis


class BookCache:
    """Book pages in Redis, shared by every process."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    @staticmethod
    def key(book_id: int) -> str:
        return f"bookshop:book:{book_id}"

    def get(self, book_id: int) -> bytes | None:
        return self.redis.get(self.key(book_id))

    def put(self, book_id: int, page: bytes) -> None:
        self.redis.set(self.key(book_id), page)  # fault: LC619

    def drop(self, book_id: int) -> None:
        self.redis.delete(self.key(book_id))


class LastRead:
    """The book that each customer looked at last."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis

    def note(self, customer_id: int, book_id: int) -> None:
        self.redis.set(str(customer_id), book_id, ex=7 * 24 * 3600)  # strict fault: LC620
