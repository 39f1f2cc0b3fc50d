"""A session of its own for each key is a connection and a query each."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker


def run(sessions: sessionmaker[Session]) -> list[str]:
    with sessions() as session:
        keys = session.scalars(select(Book.id)).all()
    out = []
    for key in keys:
        with sessions.begin() as session:
            out.append(session.scalars(select(Book.title).where(Book.id == key)).one())  # grows: LC601
    return out
