"""`all` and `sum` over generators."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    books = session.scalars(select(Book)).all()
    assert all(book.author.name for book in books)  # grows: LC602
    return sum(len(book.copies) for book in books)  # grows: LC602
