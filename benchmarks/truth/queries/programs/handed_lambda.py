"""A lambda is handed to a helper that calls it for each row."""

from collections.abc import Callable, Iterable

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def each(keys: Iterable[int], work: Callable[[int], str]) -> list[str]:
    return [work(key) for key in keys]


def run(session: Session) -> list[str]:
    keys = session.scalars(select(Book.author_id)).all()
    return each(keys, lambda key: session.scalars(select(Author.name).where(Author.id == key)).one())  # grows: LC601
