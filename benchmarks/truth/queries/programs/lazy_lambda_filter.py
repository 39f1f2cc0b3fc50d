"""The predicate of a filter reads the related row."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[Book]:
    books = session.scalars(select(Book)).all()
    return list(filter(lambda book: book.author.name.startswith("A"), books))  # grows: LC602
