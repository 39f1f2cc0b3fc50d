"""Rows of a result, taken apart in every way there is."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def by_tuple(session: Session) -> list[str]:
    return [book.author.name for (book,) in session.execute(select(Book))]  # grows: LC602


def by_name(session: Session) -> list[str]:
    out = []
    for row in session.execute(select(Book)).all():
        out.append(row.Book.author.name)  # grows: LC602
    return out


def by_number(session: Session) -> list[str]:
    return [row[0].author.name for row in session.execute(select(Book))]  # grows: LC602


def by_scalars(session: Session) -> list[str]:
    return [book.author.name for book in session.execute(select(Book)).unique().scalars()]  # grows: LC602


def by_query(session: Session) -> list[str]:
    out = []
    for book, title in session.query(Book, Book.title):
        out.append(f"{title} {book.author.name}")  # grows: LC602
    return out


def by_columns(session: Session) -> list[str]:
    return [f"{title} {author_id}" for title, author_id in session.execute(select(Book.title, Book.author_id))]


def run(session: Session) -> None:
    for work in (by_tuple, by_name, by_number, by_scalars, by_query, by_columns):
        work(session)
        session.expunge_all()
