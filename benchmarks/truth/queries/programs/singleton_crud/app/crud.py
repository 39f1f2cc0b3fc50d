"""The objects."""

from dataclasses import dataclass

from app.base import CRUDBase
from library import Author, Book
from sqlalchemy.orm import Session, joinedload


@dataclass
class NewAuthor:
    """What a new author is made of."""

    name: str


class CRUDBook(CRUDBase[Book, None]):
    """Books."""

    def get_with_author(self, db: Session) -> list[Book]:
        """All books with who wrote them."""
        return db.query(self.model).options(joinedload(Book.author)).all()


class CRUDAuthor(CRUDBase[Author, NewAuthor]):
    """Authors."""


book = CRUDBook(Book)
author = CRUDAuthor(Author)
