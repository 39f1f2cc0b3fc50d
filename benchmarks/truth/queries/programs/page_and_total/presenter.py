from collections.abc import Iterable

from library import Book


def present(books: Iterable[Book]) -> list[dict[str, str]]:
    return [{"title": book.title, "author": book.author.name} for book in books]
