"""Rows run through generators, iterators and keys before their relationships are read."""

from functools import reduce
from itertools import groupby
from operator import attrgetter

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def piped(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    names = (book.author.name for book in books)  # grows: LC602
    return [name.upper() for name in names]


def searched(session: Session) -> bool:
    return any(book.author.name == "Nobody" for book in session.scalars(select(Book)))  # grows: LC602


def grouped(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    return [name for name, _ in groupby(books, key=lambda book: book.author.name)]  # grows: LC602


def fetched(session: Session) -> list[Book]:
    return sorted(session.scalars(select(Book)), key=attrgetter("author.name"))  # grows: LC602


def summed(session: Session) -> int:
    return reduce(lambda total, book: total + len(book.copies), session.scalars(select(Book)), 0)  # grows: LC602


def of_columns(session: Session) -> list[Book]:
    return sorted(session.scalars(select(Book)), key=attrgetter("title", "pages"))


def run(session: Session) -> None:
    for work in (piped, searched, grouped, fetched, summed, of_columns):
        work(session)
        session.expunge_all()
