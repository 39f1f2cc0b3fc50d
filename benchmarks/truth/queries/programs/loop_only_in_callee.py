"""Two loops around one query, the inner one in a function of its own: that one is the place to mend, though both lines grow."""

from collections.abc import Sequence

from library import Author, Book, Copy
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload


def copies_of(session: Session, books: Sequence[Book]) -> int:
    total = 0
    for book in books:
        total += session.scalar(select(func.count(Copy.id)).where(Copy.book_id == book.id)) or 0  # grows: LC601
    return total


def run(session: Session) -> int:
    authors = session.scalars(select(Author).options(selectinload(Author.books))).all()
    return sum(copies_of(session, author.books) for author in authors)
