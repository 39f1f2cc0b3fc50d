"""Rows go through several functions, with keywords and defaults, before somebody reads a relationship of each."""

from collections.abc import Callable, Iterable

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


def rendered(books: Iterable[Book], *, line: Callable[[Book], str] | None = None, full: bool = False) -> list[str]:
    return [whole(book) if full else short(book) for book in books]


def whole(book: Book) -> str:
    return f"{book.title} by {book.author.name}"


def short(book: Book) -> str:
    return book.title


def listed(session: Session, full: bool) -> list[str]:
    statement = select(Book)
    if full:
        statement = statement.options(joinedload(Book.author))
    return rendered(session.scalars(statement).all(), full=full)


def run(session: Session) -> None:
    rendered(session.scalars(select(Book)).all())
    listed(session, False)
    session.expunge_all()
    listed(session, True)
    session.expunge_all()
    rendered(books=session.scalars(select(Book)).all(), full=True)  # grows: LC602
