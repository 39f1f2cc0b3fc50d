"""`refresh` with the name of a relationship, row by row."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    names = []
    for book in session.scalars(select(Book)).all():
        session.refresh(book, ["author"])  # grows: LC601
        names.append(book.author.name)
    return names
