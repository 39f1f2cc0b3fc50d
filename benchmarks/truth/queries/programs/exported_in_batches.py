"""A batch at a time is taken and written."""

from itertools import islice

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    keys = session.scalars(select(Book.author_id)).all()
    count = 0
    waiting = iter(keys)
    while batch := list(islice(waiting, 10)):
        count += len(session.scalars(select(Author).where(Author.id.in_(batch))).all())
    return count
