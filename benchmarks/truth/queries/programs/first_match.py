"""The first row that fits is the last one."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> Book | None:
    books = session.scalars(select(Book).order_by(Book.id.desc())).all()
    return next((book for book in books if book.author.name == "Author 0"), None)  # grows: LC602
