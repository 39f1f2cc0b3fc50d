"""Rows pass through itertools."""

from itertools import chain, groupby

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    books = session.scalars(select(Book).order_by(Book.pages)).all()
    total = 0
    for book in chain(books[:1], books[1:]):
        total += len(book.author.name)  # grows: LC602
    for _, some in groupby(books, key=lambda book: book.pages // 10):
        for book in some:
            total += len(book.copies)  # grows: LC602
    for book in reversed(books):
        total += len(book.tags)  # grows: LC602
    return total
