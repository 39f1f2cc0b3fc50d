"""Each new row is committed by itself."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for title in session.scalars(select(Book.title)).all():
        session.add(Author(name=f"the author of {title}"))
        session.commit()  # grows: LC614
