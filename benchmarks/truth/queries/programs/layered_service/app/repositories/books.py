"""Reads books."""

from collections.abc import Sequence
from typing import Annotated

from database import SessionDep
from fastapi import Depends
from library import Author, Book, Copy
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload


class BookRepository:
    """All queries about books."""

    def __init__(self, session: SessionDep) -> None:
        self.session = session

    def by_title(self) -> Sequence[Book]:
        """All of them."""
        return self.session.scalars(select(Book).order_by(Book.title)).all()

    def with_authors(self) -> Sequence[Book]:
        """All of them, with who wrote them."""
        return self.session.scalars(select(Book).options(joinedload(Book.author))).all()

    def writers(self) -> Sequence[Author]:
        """All authors."""
        return self.session.scalars(select(Author)).all()

    def copies_of(self, book_id: int) -> int:
        """How many copies a book has."""
        return self.session.scalar(select(func.count(Copy.id)).where(Copy.book_id == book_id)) or 0

    def copies(self) -> dict[int, int]:
        """How many copies each book has."""
        rows = self.session.execute(select(Copy.book_id, func.count()).group_by(Copy.book_id))
        return {book_id: count for book_id, count in rows if count}


Books = Annotated[BookRepository, Depends()]
