"""The same with a counter."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    found = []
    place = 0
    while place < len(books):
        found.append(books[place].author.name)  # grows: LC602
        place += 1
    return found
