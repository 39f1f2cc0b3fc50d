"""A function of the module is mapped over rows."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def line(book: Book) -> str:
    return f"{book.title}, by {book.author.name}"


def run(session: Session) -> str:
    return "\n".join(map(line, session.scalars(select(Book)).all()))  # grows: LC602
