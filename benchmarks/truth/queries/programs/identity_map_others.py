"""Some authors are in the session, but not those of the books."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    known = session.scalars(select(Author).where(Author.name == "Author 1")).all()
    books = session.scalars(select(Book)).all()
    return [f"{book.title} by {book.author.name}" for book in books if len(known) == 1]  # grows: LC602
