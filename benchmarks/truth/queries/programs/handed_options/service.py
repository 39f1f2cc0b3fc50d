from collections.abc import Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption


class BookService:
    def __init__(self, session: Session) -> None:
        self.session = session

    def list(self, options: Sequence[ORMOption] | None = None) -> Sequence[Book]:
        statement = select(Book)
        if options:
            statement = statement.options(*options)
        return self.session.scalars(statement).all()

    def all(self, *options: ORMOption) -> Sequence[Book]:
        return self._fetch(*options)

    def _fetch(self, *options: ORMOption) -> Sequence[Book]:
        return self.session.scalars(select(Book).options(*options)).all()
