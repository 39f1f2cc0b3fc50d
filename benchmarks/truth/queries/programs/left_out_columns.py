"""`load_only` leaves out what is read."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, load_only


def named(session: Session) -> int:
    books = session.scalars(select(Book).options(load_only(Book.title), joinedload(Book.author).load_only(Author.name)))
    return sum(len(book.title) + len(book.author.name) + book.id for book in books)


def put_off(session: Session) -> int:
    return sum(book.pages for book in session.scalars(select(Book).options(defer(Book.pages))))  # grows: LC602


def run(session: Session) -> int:
    total = named(session)
    session.expunge_all()
    for book in session.scalars(select(Book).options(load_only(Book.title))):
        total += book.pages  # grows: LC602
    session.expunge_all()
    return total + put_off(session)
