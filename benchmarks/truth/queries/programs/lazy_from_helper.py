"""The rows come from a function, with one way to call it that loads nothing beside them."""

from collections.abc import Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


def fetch(session: Session, *, with_author: bool = False) -> Sequence[Book]:
    statement = select(Book).order_by(Book.title)
    if with_author:
        statement = statement.options(joinedload(Book.author))
    return session.scalars(statement).all()


def run(session: Session) -> list[str]:
    eager = [book.author.name for book in fetch(session, with_author=True)]
    session.expunge_all()
    lazy = [book.author.name for book in fetch(session)]  # grows: LC602
    return eager + lazy
