"""A transaction for each row."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    titles = session.scalars(select(Book.title)).all()
    session.commit()
    for title in titles:
        with session.begin():  # grows: LC614
            session.add(Author(name=f"the author of {title}"))
