"""A related row is read in a loop, one query a row."""

from library import Base, Book, fill
from sqlalchemy import select
from sqlalchemy.orm import Session

__all__ = ["Base", "fill", "run"]


def run(session: Session) -> list[str]:
    out = []
    for book in session.scalars(select(Book)):
        out.append(book.author.name)  # grows: LC602
    return out
