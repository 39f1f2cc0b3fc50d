"""Relationships that are only used to write SQL, and foreign keys that are only compared."""

from library import Author, Book
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    written = session.scalars(select(Author).where(Author.books.any(Book.pages > 0))).all()
    books = session.scalars(select(Book).where(Book.author.has(Author.name != "")).join(Book.copies)).all()
    out = [author.name for author in written]
    for book in books:
        if book.author_id in {author.id for author in written}:
            out.append(book.title)
        if "author" in inspect(book).unloaded:
            out.append("later")
    return out
