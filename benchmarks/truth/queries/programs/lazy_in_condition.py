"""The condition of a comprehension reads the related row."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    books = session.scalars(select(Book)).all()
    return len([book.id for book in books if book.author.name != "Nobody"])  # grows: LC602
