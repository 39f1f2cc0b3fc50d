"""Rows without keys are merged: each merge flushes what the ones before it have added."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for title in session.scalars(select(Book.title)).all():
        session.merge(Author(name=f"the author of {title}"))  # grows: LC601
    session.commit()
