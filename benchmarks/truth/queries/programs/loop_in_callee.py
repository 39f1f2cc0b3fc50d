"""A loop calls a function that has a loop of its own: the inner one is where the query is."""

from library import Author, Book, Copy
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def copies_of(session: Session, author_id: int) -> int:
    total = 0
    for key in session.scalars(select(Book.id).where(Book.author_id == author_id)).all():
        total += session.scalar(select(func.count(Copy.id)).where(Copy.book_id == key)) or 0  # grows: LC601
    return total


def run(session: Session) -> int:
    return sum(copies_of(session, key) for key in session.scalars(select(Author.id)).all())  # grows: LC601
