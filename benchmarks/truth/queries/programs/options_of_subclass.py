"""The base of the repositories loads what its subclasses name, in attributes and in methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload


class Repository:
    model: ClassVar[Any]
    loads: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, session: Session) -> None:
        self.session = session

    def more(self) -> list[Any]:
        return []

    def every(self) -> Sequence[Any]:
        return self.session.scalars(select(self.model).options(*self.loads, *self.more())).all()


class Books(Repository):
    model = Book
    loads = (joinedload(Book.author),)

    def more(self) -> list[Any]:
        return [selectinload(Book.copies)]


class Authors(Repository):
    model = Author


def run(session: Session) -> None:
    [f"{book.author.name} {len(book.copies)}" for book in Books(session).every()]
    session.expunge_all()
    [len(author.books) for author in Authors(session).every()]  # grows: LC602
