"""Rows are streamed, and each asks again."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    total = 0
    for key in session.scalars(select(Book.author_id).execution_options(yield_per=10)):
        total += len(session.scalars(select(Author.name).where(Author.id == key)).one())  # grows: LC601
    return total
