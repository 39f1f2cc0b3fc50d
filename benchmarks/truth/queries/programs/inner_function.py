"""A function inside a function sends the query; the loop calls it."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    def title(key: int) -> str:
        return session.scalars(select(Book.title).where(Book.id == key)).one()

    keys = session.scalars(select(Book.id)).all()
    return [title(key) for key in keys]  # grows: LC601
