"""A query is tried again until it works: that has nothing to do with rows."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    for attempt in range(5):
        try:
            keys = session.scalars(select(Book.author_id)).all()
            break
        except OperationalError:
            if attempt == 4:
                raise
    return list(session.scalars(select(Author.name).where(Author.id.in_(keys))))
