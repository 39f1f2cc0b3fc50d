"""A row is fetched in each round, and then its collection."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    total = 0
    for key in session.scalars(select(Book.author_id)).all():
        author = session.get_one(Author, key)  # grows: LC601
        total += len(author.books)  # grows: LC602
    return total
