"""A generator hands on what another one yields."""

from collections.abc import Iterator

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def long_books(session: Session) -> Iterator[Book]:
    for book in session.scalars(select(Book)):
        if book.pages > 10:
            yield book


def all_books(session: Session) -> Iterator[Book]:
    yield from long_books(session)


def run(session: Session) -> list[int]:
    return [len(book.copies) for book in all_books(session)]  # grows: LC602
