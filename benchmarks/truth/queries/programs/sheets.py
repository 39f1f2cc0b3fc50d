"""A table is read ten rows at a time, in every way to count."""

from collections.abc import Iterator, Sequence

from library import Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def while_below(session: Session) -> int:
    total = session.scalar(select(func.count(Book.id))) or 0
    start, pages = 0, 0
    while start < total:
        books = session.scalars(select(Book).order_by(Book.id).limit(10).offset(start)).all()
        pages += sum(book.pages for book in books)
        start += 10
    return pages


def by_number(session: Session) -> int:
    total = session.scalar(select(func.count(Book.id))) or 0
    pages = 0
    for number in range(total // 10 + 1):
        statement = select(Book).order_by(Book.id).offset(number * 10).limit(10)
        pages += sum(book.pages for book in session.scalars(statement))
    return pages


def one_sheet(session: Session, start: int) -> Sequence[Book]:
    return session.query(Book).order_by(Book.id).offset(start).limit(10).all()


def until_empty(session: Session) -> Iterator[Book]:
    start = 0
    while books := one_sheet(session, start):
        yield from books
        start += len(books)


def run(session: Session) -> None:
    while_below(session)
    by_number(session)
    for book in until_empty(session):
        book.title.upper()
