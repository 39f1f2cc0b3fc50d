"""A function of the project is mapped over the keys."""

from functools import partial

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def title(session: Session, key: int) -> str:
    return session.scalars(select(Book.title).where(Book.id == key)).one()


def run(session: Session) -> list[str]:
    keys = session.scalars(select(Book.id)).all()
    return list(map(partial(title, session), keys))  # grows: LC601
