"""A generator sends a query for each key; the loop over it only waits."""

from collections.abc import Iterable, Iterator

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def titles(session: Session, keys: Iterable[int]) -> Iterator[str]:
    for key in keys:
        yield session.scalars(select(Book.title).where(Book.id == key)).one()  # grows: LC601


def run(session: Session) -> list[str]:
    keys = session.scalars(select(Book.id)).all()
    return [title.upper() for title in titles(session, keys)]
