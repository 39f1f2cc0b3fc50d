"""A context manager that asks when it is entered."""

from __future__ import annotations

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


class Opened:
    def __init__(self, session: Session, key: int) -> None:
        self.session = session
        self.key = key

    def __enter__(self) -> str:
        return self.session.scalars(select(Author.name).where(Author.id == self.key)).one()

    def __exit__(self, *error: object) -> None:
        pass


def run(session: Session) -> int:
    total = 0
    for key in session.scalars(select(Book.author_id)).all():
        with Opened(session, key) as name:  # grows: LC601
            total += len(name)
    return total
