"""Collections made of what is related."""

from collections import Counter

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> Counter[str]:
    books = session.scalars(select(Book)).all()
    counted = Counter(book.author.name for book in books)  # grows: LC602
    counted.update(tag.word for book in books for tag in book.tags)  # grows: LC602
    return counted
