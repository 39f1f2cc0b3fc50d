"""The relationship is read again and again: only the first time is a query."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    author = session.scalars(select(Author)).first()
    assert author is not None
    total = 0
    for _ in session.scalars(select(Book.id)).all():
        total += len(author.books)
    for book in author.books:
        total += book.pages + len(author.name)
    return total
