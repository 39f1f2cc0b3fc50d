"""A flag decides what is loaded."""

from collections.abc import Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


def books(session: Session, *, with_author: bool = False) -> Sequence[Book]:
    statement = select(Book)
    if with_author:
        statement = statement.options(joinedload(Book.author))
    return session.scalars(statement).all()


def run(session: Session) -> int:
    total = sum(len(book.author.name) for book in books(session, with_author=True))
    session.expunge_all()
    for book in books(session):
        total += len(book.author.name)  # grows: LC602
    return total
