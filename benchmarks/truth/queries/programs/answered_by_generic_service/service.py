from collections.abc import Sequence

from library import Book
from repository import Repository
from sqlalchemy.orm import Session, selectinload


class BookService:
    def __init__(self, session: Session) -> None:
        self.books = Repository[Book](session, Book)

    def list(self) -> Sequence[Book]:
        return self.books.list()

    def list_with_copies(self) -> Sequence[Book]:
        return self.books.list(selectinload(Book.copies))
