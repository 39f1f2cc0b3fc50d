"""Rows are taken by their place."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    found = []
    for place in range(len(books)):
        found.append(books[place].author.name)  # grows: LC602
    return found
