"""Related rows are only assigned: nothing is read."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    other = Author(name="Other")
    session.add(other)
    for book in session.scalars(select(Book)).all():
        book.author = other
    session.commit()
