"""What the catalogue shows."""

from typing import Annotated

from app.repositories.books import Books
from app.schemas.lines import Line
from fastapi import Depends


class Catalogue:
    """Lines about books."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def counted_one_by_one(self) -> list[Line]:
        """Asks for the copies of each book."""
        out = []
        for book in self._books.by_title():
            out.append(Line(title=book.title, copies=self._books.copies_of(book.id)))  # grows: LC601
        return out

    def counted(self) -> list[Line]:
        """Asks for all copies at once."""
        copies = self._books.copies()
        return [Line(title=book.title, copies=copies.get(book.id, 0)) for book in self._books.by_title()]

    def authors_lazily(self) -> list[Line]:
        """Reads the author of each book."""
        return [Line(title=book.author.name) for book in self._books.by_title()]  # grows: LC602

    def authors(self) -> list[Line]:
        """Reads the authors that the query has brought."""
        return [Line(title=book.author.name) for book in self._books.with_authors()]

    def longest(self) -> list[Line]:
        """Reads the books of each author."""
        out = []
        for writer in self._books.writers():
            longest = max(writer.books, key=lambda book: book.pages)  # grows: LC602
            out.append(Line(title=longest.title))
        return out


CatalogueDep = Annotated[Catalogue, Depends()]
