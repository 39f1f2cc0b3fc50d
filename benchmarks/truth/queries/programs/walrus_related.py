"""Bound while it is tested."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    total = 0
    for book in session.scalars(select(Book)).all():
        if (author := book.author) is not None:  # grows: LC602
            total += len(author.name)
    return total
