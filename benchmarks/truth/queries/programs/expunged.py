"""Rows that have left the session; only their columns are read."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    for book in books:
        session.expunge(book)
    return [f"{book.title}, {book.pages} pages" for book in books]
