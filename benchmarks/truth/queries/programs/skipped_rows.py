"""Most rows are skipped, not all."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    names = []
    for book in session.scalars(select(Book)).all():
        if book.pages < 100 or not book.title:
            continue
        try:
            names.append(book.author.name)  # grows: LC602
        except AttributeError:
            names.append("nobody")
    return names
