"""Two results side by side, and grouped in memory."""

from collections import defaultdict

from library import Author, Book, Copy
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> dict[str, int]:
    authors = session.scalars(select(Author).order_by(Author.id)).all()
    books = session.scalars(select(Book).order_by(Book.author_id)).all()
    copies: dict[int, list[Copy]] = defaultdict(list)
    for copy in session.scalars(select(Copy)):
        copies[copy.book_id].append(copy)
    lengths = {author.name: len(copies[book.id]) for author, book in zip(authors, books, strict=True)}
    pages = dict(map(lambda book: (book.title, book.pages), books))
    return lengths | pages
