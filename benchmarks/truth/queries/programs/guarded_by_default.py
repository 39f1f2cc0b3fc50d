"""The query of the helper only runs when it is asked for."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def line(session: Session, book: Book, *, writer: bool = False) -> str:
    if writer:
        return f"{book.title} by {session.scalars(select(Author.name).where(Author.id == book.author_id)).one()}"
    return book.title


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    plain = [line(session, book) for book in books]
    return plain + [line(session, book, writer=True) for book in books]  # grows: LC601
