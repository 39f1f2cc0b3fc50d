"""The authors of all books are fetched at once, and held: reading the author of a book costs nothing then."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    wanted = {book.author_id for book in books}
    authors = session.scalars(select(Author).where(Author.id.in_(wanted))).all()
    return [f"{book.title} by {book.author.name}" for book in books] + [f"{len(authors)} authors"]
