"""A cached function: each key is asked for once, which is once a row."""

from functools import cache

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


@cache
def title(session: Session, key: int) -> str:
    return session.scalars(select(Book.title).where(Book.id == key)).one()


def run(session: Session) -> list[str]:
    return [title(session, key) for key in session.scalars(select(Book.id)).all()]  # grows: LC601
