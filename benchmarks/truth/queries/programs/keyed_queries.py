"""A query for each key of a dictionary."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def count(session: Session, author_id: int) -> int:
    return session.scalar(select(func.count(Book.id)).where(Book.author_id == author_id)) or 0


def run(session: Session) -> dict[int, int]:
    keys = session.scalars(select(Author.id)).all()
    counted = {key: count(session, key) for key in keys}  # grows: LC601
    return dict(sorted(counted.items()))
