"""The same with `setdefault`."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    by_length: dict[bool, list[Book]] = {}
    for book in session.scalars(select(Book)):
        by_length.setdefault(book.pages > 110, []).append(book)
    total = 0
    for books in by_length.values():
        for book in books:
            total += len(book.author.name)  # grows: LC602
    return total
