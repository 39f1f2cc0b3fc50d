"""The collection is read three calls away, in another file."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session
from texts import describe


def run(session: Session) -> list[str]:
    return [describe(book) for book in session.scalars(select(Book))]  # grows: LC602
