"""Two branches, each with half of the rows."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def name(book: Book) -> str:
    return book.author.name


def run(session: Session) -> list[str]:
    found = []
    for book in session.scalars(select(Book)):
        if book.pages > 0:
            found.append(name(book))  # grows: LC602
        else:
            found.append("empty")
    return found
