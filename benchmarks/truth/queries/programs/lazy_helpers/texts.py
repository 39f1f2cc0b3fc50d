"""Texts about books."""

from library import Book
from shelving import places


def describe(book: Book) -> str:
    """A line about a book."""
    return f"{book.title}: {line(book)}"


def line(book: Book) -> str:
    """Where it is."""
    return ", ".join(places(book))
