"""The loop counts its rows."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    lines = []
    for number, book in enumerate(session.scalars(select(Book)), start=1):
        lines.append(f"{number}. {book.title} by {book.author.name}")  # grows: LC602
    return lines
