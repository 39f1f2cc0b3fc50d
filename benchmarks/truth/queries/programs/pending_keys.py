"""A work list is emptied, one query an entry."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    pending = list(session.scalars(select(Book.id)))
    out = []
    while pending:
        key = pending.pop()
        out.append(session.scalars(select(Book.title).where(Book.id == key)).one())  # grows: LC601
    return out
