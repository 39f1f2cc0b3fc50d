"""Rows come from one cursor, five at a time."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    pages = 0
    for book in session.scalars(select(Book).execution_options(yield_per=5)):
        pages += book.pages
    for some in session.scalars(select(Book)).partitions(7):
        pages += sum(book.pages for book in some)
    for book in session.query(Book).yield_per(5):
        pages += book.pages
    return pages
