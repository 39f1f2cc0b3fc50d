"""A part of the call is fixed before the loop."""

from functools import partial

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def fetch(session: Session, key: int) -> str:
    return session.scalars(select(Author.name).where(Author.id == key)).one()


def run(session: Session) -> list[str]:
    author = partial(fetch, session)
    names = []
    for key in session.scalars(select(Book.author_id)).all():
        names.append(author(key))  # grows: LC601
    return names
