"""Is it in there? The whole collection comes."""

from library import Book, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    tag = session.scalars(select(Tag)).first()
    count = 0
    for book in session.scalars(select(Book)):
        if tag in book.tags:  # grows: LC602
            count += 1
        if not book.copies:  # grows: LC602
            count += 1
    return count
