"""A loader option that fetches at once, but row by row."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, immediateload


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book).options(immediateload(Book.author))).all()  # grows: LC602
    return [book.author.name for book in books]
