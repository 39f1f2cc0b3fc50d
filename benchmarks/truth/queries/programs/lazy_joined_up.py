"""Relationships in joins of strings, chains of lists and sets."""

from itertools import chain

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def joined(session: Session) -> str:
    return ", ".join(book.author.name for book in session.scalars(select(Book)))  # grows: LC602


def chained(session: Session) -> list[str]:
    books = session.query(Book).all()
    return [copy.shelf for copy in chain.from_iterable(book.copies for book in books)]  # grows: LC602


def set_of(session: Session) -> set[str]:
    return {tag.word for book in session.scalars(select(Book)).all() for tag in book.tags}  # grows: LC602


def in_order(session: Session) -> list[str]:
    out = []
    for book in sorted(session.scalars(select(Book)).all(), key=lambda book: book.pages, reverse=True):
        out.append(book.author.name)  # grows: LC602
    return out


def backwards(session: Session) -> list[str]:
    return [book.author.name for book in reversed(session.scalars(select(Book)).all())]  # grows: LC602


def run(session: Session) -> None:
    for work in (joined, chained, set_of, in_order, backwards):
        work(session)
        session.expunge_all()
