"""Related rows are collected first; then their own relationships are read."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


def run(session: Session) -> int:
    authors: list[Author] = []
    for book in session.scalars(select(Book).options(joinedload(Book.author))):
        authors.append(book.author)
    return sum(len(author.books) for author in authors)  # grows: LC602
