"""Iterators, context managers and callables of the program send queries where nobody sees it."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


class Shelf:
    def __init__(self, session: Session, key: int) -> None:
        self.session = session
        self.key = key

    def __enter__(self) -> int:
        return self.session.scalar(select(func.count(Book.id)).where(Book.author_id == self.key)) or 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Counter:
    def __init__(self, session: Session) -> None:
        self.session = session

    def __call__(self, key: int) -> int:
        return self.session.scalar(select(func.count(Book.id)).where(Book.author_id == key)) or 0


class Titles:
    def __init__(self, session: Session) -> None:
        self.session = session

    def __iter__(self) -> Iterator[str]:
        yield from self.session.scalars(select(Book.title))


def called(session: Session, keys: list[int]) -> int:
    count = Counter(session)
    return sum(count(key) for key in keys)  # grows: LC601


def run(session: Session) -> None:
    keys = list(session.scalars(select(Author.id)))
    called(session, keys)
    for title in Titles(session):
        title.upper()
