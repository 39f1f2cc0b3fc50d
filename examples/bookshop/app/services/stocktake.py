"""Counts what lies on the shelves."""  # later fault: LC801

from app.core.errors import ConflictError
from app.models import Book


def missing(book: Book, counted: int) -> int:
    """How many copies are gone; ConflictError when there are more than there should be."""
    if counted > book.stock:
        raise ConflictError(f"There are more of the book {book.id} than were bought")
    return book.stock - counted
