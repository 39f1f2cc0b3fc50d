"""Rows wait in dictionaries and lists before their relationships are read."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def by_key(session: Session) -> list[int]:
    authors = {author.id: author for author in session.scalars(select(Author))}
    return [len(author.books) for author in authors.values()]  # grows: LC602


def filled(session: Session) -> int:
    authors: dict[int, Author] = {}
    for author in session.scalars(select(Author)):
        authors[author.id] = author
    total = 0
    for _, author in authors.items():
        total += len(author.books)  # grows: LC602
    return total


def paired(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    return [f"{number} {book.author.name}" for number, book in zip(range(1000), books, strict=False)]  # grows: LC602


def looked_up(session: Session) -> int:
    authors = {author.id: author for author in session.scalars(select(Author))}
    total = 0
    for key in session.scalars(select(Book.author_id)):
        total += len(authors[key].books)  # grows: LC602
    return total


def run(session: Session) -> None:
    for work in (by_key, filled, paired, looked_up):
        work(session)
        session.expunge_all()
