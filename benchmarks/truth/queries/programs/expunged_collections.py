"""Rows that have left the session with their copies."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book).options(selectinload(Book.copies))).all()
    session.expunge_all()
    return [copy.shelf for book in books for copy in book.copies]
