from collections.abc import Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


class BookRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def list_with_authors(self) -> Sequence[Book]:
        statement = select(Book).options(joinedload(Book.author)).order_by(Book.id)
        return self.session.scalars(statement).unique().all()
