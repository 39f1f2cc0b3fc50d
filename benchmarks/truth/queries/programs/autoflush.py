"""A query in the loop flushes what the loop has written: two statements a round."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for title in session.scalars(select(Book.title)).all():
        session.add(Author(name=title))
        session.scalars(select(Author.id).where(Author.name == title)).one()  # grows: LC601
    session.commit()
