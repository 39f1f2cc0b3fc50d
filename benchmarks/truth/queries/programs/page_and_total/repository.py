from collections.abc import Sequence
from dataclasses import dataclass

from library import Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


@dataclass
class BookRepository:
    session: Session

    def page(self, offset: int, limit: int) -> tuple[Sequence[Book], int]:
        statement = select(Book).order_by(Book.id).offset(offset).limit(limit)
        total = self.session.scalar(select(func.count()).select_from(Book)) or 0
        return self.session.scalars(statement).all(), total
