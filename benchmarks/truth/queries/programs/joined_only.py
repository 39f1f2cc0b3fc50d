"""A join filters, it does not load."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager


def run(session: Session) -> int:
    statement = select(Book).join(Book.author).where(Author.name != "")
    total = sum(len(book.author.name) for book in session.scalars(statement.options(contains_eager(Book.author))))
    session.expunge_all()
    for book in session.scalars(statement):
        total += len(book.author.name)  # grows: LC602
    return total
