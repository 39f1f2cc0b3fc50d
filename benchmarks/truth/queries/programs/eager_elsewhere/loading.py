"""What the lists of this program load."""

from library import Author, Book
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

WITH_AUTHOR = joinedload(Book.author)


def shelves() -> list[ExecutableOption]:
    """Copies and loans of the books of authors."""
    return [selectinload(Author.books).selectinload(Book.copies)]
