"""The options stand in another file."""

from library import Author, Book
from loading import WITH_AUTHOR, shelves
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    out = [book.author.name for book in session.scalars(select(Book).options(WITH_AUTHOR))]
    for author in session.scalars(select(Author).options(*shelves())):
        out += [copy.shelf for book in author.books for copy in book.copies]
    return out
