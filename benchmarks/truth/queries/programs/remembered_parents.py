"""A dictionary remembers what was asked; each row has a parent of its own."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def run(session: Session) -> list[str]:
    names: list[str] = []
    seen: set[int] = set()
    for book in session.scalars(select(Book).options(selectinload(Book.author))):
        if book.author_id in seen:
            continue
        seen.add(book.author_id)
        names.append(book.author.name)
    return names
