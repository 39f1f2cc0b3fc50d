from collections.abc import Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


class BookRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    def list_all(self) -> Sequence[Book]:
        result = self._session.execute(select(Book).options(joinedload(Book.copies)))
        return result.scalars().unique().all()
