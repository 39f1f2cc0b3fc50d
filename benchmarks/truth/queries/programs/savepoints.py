"""Each row is written in a savepoint of its own."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for title in session.scalars(select(Book.title)).all():
        with session.begin_nested():  # grows: LC601
            session.add(Author(name=f"the author of {title}"))
    session.commit()
