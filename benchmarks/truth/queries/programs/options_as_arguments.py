"""The options of a repository are arguments, and attributes of its subclasses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from library import Author, Base, Book
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

ModelT = TypeVar("ModelT", bound=Base)


class Repository(Generic[ModelT]):
    model: ClassVar[Any]
    loads: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def base(self) -> Select[Any]:
        return select(self.model).options(*self.loads)

    def every(self, options: Iterable[ExecutableOption] = ()) -> Sequence[ModelT]:
        return self.session.scalars(self.base.options(*options)).all()


class Books(Repository[Book]):
    model = Book
    loads = (joinedload(Book.author),)


class Authors(Repository[Author]):
    model = Author


def run(session: Session) -> None:
    [book.author.name for book in Books(session).every()]
    session.expunge_all()
    [len(book.copies) for book in Books(session).every([selectinload(Book.copies)])]
    session.expunge_all()
    [len(author.books) for author in Authors(session).every(options=(selectinload(Author.books),))]
