"""A question for each row, in a condition."""

from library import Author, Book
from sqlalchemy import exists, select
from sqlalchemy.orm import Session


def has_books(session: Session, author: Author) -> bool:
    return bool(session.scalar(select(exists().where(Book.author_id == author.id))))


def run(session: Session) -> list[str]:
    authors = session.scalars(select(Author)).all()
    return [author.name for author in authors if has_books(session, author)]  # grows: LC601
