"""Three helpers read the same relationship of the same row: the first one pays."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def name(book: Book) -> str:
    return book.author.name


def initial(book: Book) -> str:
    return book.author.name[:1]


def run(session: Session) -> list[str]:
    out = []
    for book in session.scalars(select(Book)).all():
        out.append(name(book))  # grows: LC602
        out.append(initial(book))
        if book.pages > 0:
            out.append(name(book))
    return out
