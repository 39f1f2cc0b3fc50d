"""Rows of two entities; nothing else is read of them than what the query gave."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[tuple[str, str]]:
    return [(author.name, book.title) for book, author in session.execute(select(Book, Author).join(Book.author))]
