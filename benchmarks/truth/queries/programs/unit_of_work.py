"""Repositories hang on a unit of work that owns the session."""

from __future__ import annotations

from collections.abc import Sequence

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, sessionmaker


class AuthorRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, key: int) -> Author | None:
        return self._session.get(Author, key)


class BookRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def listed(self) -> Sequence[Book]:
        return self._session.scalars(select(Book)).all()

    def with_author(self) -> Sequence[Book]:
        return self._session.scalars(select(Book).options(joinedload(Book.author))).all()


class UnitOfWork:
    authors: AuthorRepository
    books: BookRepository

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def __enter__(self) -> UnitOfWork:
        self.session = self._sessions()
        self.authors = AuthorRepository(self.session)
        self.books = BookRepository(self.session)
        return self

    def __exit__(self, *_: object) -> None:
        self.session.rollback()
        self.session.close()


def one_by_one(sessions: sessionmaker[Session]) -> list[str]:
    with UnitOfWork(sessions) as work:
        found = [work.authors.find(book.author_id) for book in work.books.listed()]  # grows: LC601
        return [author.name for author in found if author]


def lazily(sessions: sessionmaker[Session]) -> list[str]:
    with UnitOfWork(sessions) as work:
        return [book.author.name for book in work.books.listed()]  # grows: LC602


def together(sessions: sessionmaker[Session]) -> list[str]:
    with UnitOfWork(sessions) as work:
        return [book.author.name for book in work.books.with_author()]


def run(sessions: sessionmaker[Session]) -> None:
    one_by_one(sessions)
    lazily(sessions)
    together(sessions)
