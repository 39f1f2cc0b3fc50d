"""A unit of work with repositories as attributes."""

from __future__ import annotations

from types import TracebackType

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker


class Repository:
    def __init__(self, session: Session, model: type) -> None:
        self.session = session
        self.model = model

    def get(self, key: int):
        return self.session.get(self.model, key)

    def all_keys(self) -> list[int]:
        return list(self.session.scalars(select(self.model.id)))


class UnitOfWork:
    def __init__(self, maker: sessionmaker) -> None:
        self.maker = maker

    def __enter__(self) -> UnitOfWork:
        self.session: Session = self.maker()
        self.authors = Repository(self.session, Author)
        self.books = Repository(self.session, Book)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.session.close()


def run(maker: sessionmaker) -> int:
    with UnitOfWork(maker) as work:
        total = 0
        for key in work.books.all_keys():
            total += work.books.get(key).pages  # grows: LC601
    return total
