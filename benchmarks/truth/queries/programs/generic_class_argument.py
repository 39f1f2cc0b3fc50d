"""A generic repository whose class says which table it reads."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from library import Base, Book
from sqlalchemy import select
from sqlalchemy.orm import Session

ModelT = TypeVar("ModelT", bound=Base)


class Store(Generic[ModelT]):
    model: ClassVar[Any]
    loads: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, session: Session) -> None:
        self._session = session

    def every(self) -> Sequence[ModelT]:
        return self._session.scalars(select(self.model)).all()


class BookStore(Store[Book]):
    model = Book


def run(session: Session) -> int:
    return sum(len(book.copies) for book in BookStore(session).every())  # grows: LC602
