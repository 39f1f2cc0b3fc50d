"""Where books stand."""

from library import Book


def places(book: Book) -> list[str]:
    """The shelves of the copies of a book."""
    return [copy.shelf for copy in book.copies]
