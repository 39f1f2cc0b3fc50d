"""The query of the helper is behind a guard that this caller does not pass."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def name_of(book: Book, session: Session | None = None) -> str:
    if session is None:
        return f"the author of {book.title}"
    return session.scalars(select(Author.name).where(Author.id == book.author_id)).one()


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    return [name_of(book) for book in books] + [name_of(book, None) for book in books]
