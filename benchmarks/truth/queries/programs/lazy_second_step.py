"""The first step is loaded with the query, the second is not."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def run(session: Session) -> int:
    loans = 0
    for book in session.scalars(select(Book).options(selectinload(Book.copies))):
        for copy in book.copies:
            loans += len(copy.loans)  # grows: LC602
    return loans
