"""A helper commits, another only flushes."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def save(session: Session, *, commit: bool = True) -> None:
    session.flush()
    if commit:
        session.commit()


def flushed(session: Session) -> int:
    books = session.scalars(select(Book)).all()
    save(session, commit=False)
    return sum(len(book.title) for book in books)


def run(session: Session) -> int:
    total = flushed(session)
    books = session.scalars(select(Book)).all()
    save(session)
    for book in books:
        total += len(book.title)  # grows: LC602
    return total
