"""Rows are counted for each row, in three ways."""

from library import Author, Book
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, with_parent


def scalar(session: Session) -> list[int]:
    out = []
    for author in session.scalars(select(Author)).all():
        out.append(session.scalar(select(func.count()).where(Book.author_id == author.id)) or 0)  # grows: LC601
    return out


def query(session: Session) -> dict[str, int]:
    authors = session.query(Author).all()
    return {a.name: session.query(Book).filter_by(author_id=a.id).count() for a in authors}  # grows: LC601


def parents(session: Session) -> int:
    total = 0
    for author in session.scalars(select(Author)):
        total += len(session.scalars(select(Book).where(with_parent(author, Author.books))).all())  # grows: LC601
    return total


def published(session: Session) -> list[Author]:
    authors = session.scalars(select(Author)).all()
    return [a for a in authors if session.scalar(select(exists().where(Book.author_id == a.id)))]  # grows: LC601


def run(session: Session) -> None:
    scalar(session)
    query(session)
    parents(session)
    published(session)
