"""The subclass adds what its rows need to the query of the base."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from library import Author, Base, Book
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

T = TypeVar("T", bound=Base)


class Store(Generic[T]):
    model: type[T]

    def __init__(self, session: Session) -> None:
        self.session = session

    def query(self) -> Select[tuple[T]]:
        return select(self.model)

    def all(self) -> Sequence[T]:
        return self.session.scalars(self.query()).all()


class BookStore(Store[Book]):
    model = Book

    def query(self) -> Select[tuple[Book]]:
        return super().query().options(selectinload(Book.author))


class AuthorStore(Store[Author]):
    model = Author


def run(session: Session) -> int:
    total = sum(len(book.author.name) for book in BookStore(session).all())
    session.expunge_all()
    for author in AuthorStore(session).all():
        total += len(author.books)  # grows: LC602
    return total
