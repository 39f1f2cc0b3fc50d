"""Rows of two entities: the author that a book leads to is the one beside it, so the session has it."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    rows = session.execute(select(Book, Author).join(Book.author)).all()
    return [book.author.name for book, author in rows]
