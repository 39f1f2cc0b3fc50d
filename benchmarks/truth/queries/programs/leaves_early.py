"""The loop is left with the first query."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def first(session: Session) -> str | None:
    for book in session.scalars(select(Book)):
        if book.pages >= 100:
            return session.scalars(select(Author.name).where(Author.id == book.author_id)).one()
    return None


def related(session: Session) -> str | None:
    for book in session.scalars(select(Book)):
        if book.pages >= 100:
            return book.author.name
    return None


def found(session: Session) -> int:
    for book in session.scalars(select(Book)):
        if book.pages < 0:
            break
    else:
        return len(session.scalars(select(Author)).all())
    return 0


def run(session: Session) -> None:
    first(session)
    session.expunge_all()
    related(session)
    found(session)
