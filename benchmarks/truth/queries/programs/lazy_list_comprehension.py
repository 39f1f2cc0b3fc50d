"""A related row is read in a list comprehension."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    return [book.author.name for book in books]  # grows: LC602
