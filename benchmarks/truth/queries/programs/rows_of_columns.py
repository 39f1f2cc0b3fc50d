"""Tuples of columns, and a query for each."""

from library import Book, Copy
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> dict[str, list[str]]:
    found = {}
    for key, title in session.execute(select(Book.id, Book.title)).all():
        found[title] = list(session.scalars(select(Copy.shelf).where(Copy.book_id == key)))  # grows: LC601
    return found
