"""Rows with keys are merged: the session asks the database for each before it decides."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for author_id in session.scalars(select(Book.author_id)).all():
        session.merge(Author(id=author_id, name="renamed"))  # grows: LC601
    session.commit()
