"""The key is a function with a name."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def author_name(book: Book) -> str:
    return book.author.name


def run(session: Session) -> list[Book]:
    books = session.scalars(select(Book)).all()
    return sorted(books, key=author_name)  # grows: LC602
