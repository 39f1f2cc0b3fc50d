"""However many rows there are, five are looked at."""

from itertools import islice

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    names = [book.author.name for book in islice(books, 5)]
    for number, book in enumerate(books):
        if number >= 3:
            break
        names.append(book.copies[0].shelf)
    return names
