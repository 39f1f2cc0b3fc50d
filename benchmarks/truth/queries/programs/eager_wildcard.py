"""An option for all relationships at once."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def run(session: Session) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book).options(selectinload("*")))]
