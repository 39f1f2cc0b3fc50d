"""The loop is in the function that gets the rows."""

from collections.abc import Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def names(books: Sequence[Book]) -> list[str]:
    return [book.author.name for book in books]


def run(session: Session) -> list[str]:
    return names(session.scalars(select(Book)).all())  # grows: LC602
