"""A generator hands on the rows of one query, whose authors are read by the loop over it."""

from collections.abc import Iterator

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def long_books(session: Session) -> Iterator[Book]:
    for book in session.scalars(select(Book)):
        if book.pages > 0:
            yield book


def run(session: Session) -> list[str]:
    return [book.author.name for book in long_books(session)]  # grows: LC602
