"""A function of the project calls what it is given, once a row."""

from collections.abc import Callable, Iterable

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def each(keys: Iterable[int], work: Callable[[int], str]) -> list[str]:
    return [work(key) for key in keys]


def run(session: Session) -> list[str]:
    def title(key: int) -> str:
        return session.scalars(select(Book.title).where(Book.id == key)).one()

    return each(session.scalars(select(Book.id)).all(), title)  # grows: LC601
