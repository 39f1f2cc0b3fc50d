"""The options stand in an attribute of the class."""

from collections.abc import Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload


class Books:
    options = (joinedload(Book.author), selectinload(Book.copies))

    def __init__(self, session: Session) -> None:
        self.session = session

    def all(self) -> Sequence[Book]:
        return self.session.scalars(select(Book).options(*self.options)).all()


def run(session: Session) -> int:
    total = 0
    for book in Books(session).all():
        total += len(book.author.name) + len(book.copies)
        total += len(book.tags)  # grows: LC602
    return total
