"""One result, read row by row."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    pages = 0
    result = session.execute(select(Book.pages))
    while (row := result.fetchone()) is not None:
        pages += row.pages
    result = session.execute(select(Book.pages).order_by(Book.id))
    while some := result.fetchmany(4):
        pages += sum(row.pages for row in some)
    result = session.scalars(select(Book.pages))
    for _ in range(3):
        pages += result.first() or 0
        break
    return pages
