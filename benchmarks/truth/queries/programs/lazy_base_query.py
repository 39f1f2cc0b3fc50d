"""A repository with a base query as a property, which loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from library import Author, Book
from sqlalchemy import Select, select
from sqlalchemy.orm import Session


class Repository:
    model: ClassVar[Any]

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def base(self) -> Select[Any]:
        return select(self.model)

    def every(self) -> Sequence[Any]:
        return self.session.scalars(self.base.order_by(self.model.id)).all()


class Books(Repository):
    model = Book


class Authors(Repository):
    model = Author


def run(session: Session) -> None:
    [book.author.name for book in Books(session).every()]  # grows: LC602
    session.expunge_all()
    [len(author.books) for author in Authors(session).every()]  # grows: LC602
