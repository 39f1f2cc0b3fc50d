"""Rows of two entities; a collection of one of them is read."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[tuple[str, int]]:
    out = []
    for book, author in session.execute(select(Book, Author).join(Book.author)):
        out.append((author.name, len(book.copies)))  # grows: LC602
    return out
