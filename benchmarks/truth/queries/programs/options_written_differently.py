"""Loader options through Load, with criteria, with fewer columns, joined by hand."""

from library import Author, Book, Copy
from sqlalchemy import select
from sqlalchemy.orm import Load, Session, joinedload, load_only, selectinload, with_loader_criteria


def through_load(session: Session) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book).options(Load(Book).joinedload(Book.author)))]


def inner(session: Session) -> list[str]:
    return [b.author.name for b in session.scalars(select(Book).options(joinedload(Book.author, innerjoin=True)))]


def fewer(session: Session) -> list[str]:
    statement = select(Author).options(load_only(Author.name), selectinload(Author.books).load_only(Book.title))
    return [book.title for author in session.scalars(statement) for book in author.books]


def criteria(session: Session) -> int:
    statement = select(Book).options(
        selectinload(Book.copies.and_(Copy.shelf != "")), with_loader_criteria(Copy, Copy.id > 0)
    )
    return sum(len(book.copies) for book in session.scalars(statement))


def listed(session: Session) -> list[str]:
    options = [joinedload(Book.author)]
    options.append(selectinload(Book.copies))
    return [f"{b.author.name} {len(b.copies)}" for b in session.scalars(select(Book).options(*options))]


def old(session: Session) -> list[str]:
    return [book.author.name for book in session.query(Book).options(joinedload(Book.author)).filter(Book.pages > 0)]


def run(session: Session) -> None:
    for work in (through_load, inner, fewer, criteria, listed, old):
        work(session)
        session.expunge_all()
