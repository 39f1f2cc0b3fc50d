"""The block of a transaction commits when it is left; the rows are read after it."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    with session.begin():
        books = session.scalars(select(Book)).all()
        for book in books:
            book.pages += 1
    return [book.title for book in books]  # grows: LC602
