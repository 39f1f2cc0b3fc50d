"""The key of a sort reads the related row."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[Book]:
    books = session.scalars(select(Book)).all()
    return sorted(books, key=lambda book: book.author.name)  # grows: LC602
