"""Rows that are looked up by keys which the loop does not change, and collections of one row in many rounds."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    authors = {author.name: author for author in session.scalars(select(Author))}
    total = 0
    for book in session.scalars(select(Book)):
        total += len(authors["Author 0"].books) * book.pages
    first = "Author 1"
    for book in session.scalars(select(Book)):
        total += len(authors[first].books) + len(authors.get(first).books) + book.id
    return total
