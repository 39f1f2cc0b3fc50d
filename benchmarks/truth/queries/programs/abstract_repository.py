"""The service knows an abstract repository, of which there is one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


class Repository(ABC):
    @abstractmethod
    def books(self) -> Sequence[Book]: ...

    @abstractmethod
    def author(self, key: int) -> Author: ...


class SqlRepository(Repository):
    def __init__(self, session: Session) -> None:
        self.session = session

    def books(self) -> Sequence[Book]:
        return self.session.scalars(select(Book)).all()

    def author(self, key: int) -> Author:
        return self.session.get_one(Author, key)


class Service:
    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def writers(self) -> list[str]:
        return [self.repository.author(book.author_id).name for book in self.repository.books()]  # grows: LC601

    def titles(self) -> list[str]:
        return [book.title for book in self.repository.books()]


def run(session: Session) -> None:
    service = Service(SqlRepository(session))
    service.writers()
    service.titles()
