"""A lambda that sends a query is mapped over the keys."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    keys = session.scalars(select(Book.id)).all()
    return list(map(lambda key: session.scalars(select(Book.title).where(Book.id == key)).one(), keys))  # grows: LC601
