"""The catalogue."""

import logging

from sqlalchemy.orm import Session

from app.clients.cache import BookCache
from app.core.errors import ConflictError, NotFoundError
from app.models import Book
from app.repositories.authors import AuthorRepository
from app.repositories.books import BookRepository
from app.schemas.book import BookCreate, BookResponse, BookUpdate
from app.schemas.order import SalesResponse
from app.services.covers import CoverStore

logger = logging.getLogger(__name__)


class BookService:
    def __init__(
        self,
        session: Session,
        books: BookRepository,
        authors: AuthorRepository,
        cache: BookCache,
        covers: CoverStore,
    ) -> None:
        self.session = session
        self.books = books
        self.authors = authors
        self.cache = cache
        self.covers = covers

    def search(self, text: str | None, limit: int, offset: int, newest_first: bool) -> list[BookResponse]:
        """A page of books whose title contains `text`."""
        return [BookResponse.model_validate(book) for book in self.books.search(text, limit, offset, newest_first)]

    def read(self, book_id: int) -> BookResponse:
        """One book, from the cache where it is there."""
        cached = self.cache.get(book_id)
        if cached is not None:
            return BookResponse.model_validate_json(cached)
        page = BookResponse.model_validate(self.existing(book_id))
        self.cache.put(book_id, page.model_dump_json())
        return page

    def create(self, wanted: BookCreate) -> BookResponse:
        """A new book; its author must be known and its ISBN new."""
        if self.authors.get(wanted.author_id) is None:
            raise NotFoundError(f"No author has the id {wanted.author_id}")
        if self.books.by_isbn(wanted.isbn) is not None:
            raise ConflictError(f"The ISBN {wanted.isbn} is already in the catalogue")
        book = self.books.add(Book(**wanted.model_dump()))
        self.session.commit()
        logger.info("Book %s added", book.id)
        return BookResponse.model_validate(book)

    def update(self, book_id: int, wanted: BookUpdate) -> BookResponse:
        book = self.existing(book_id)
        book.title = wanted.title
        book.price_cents = wanted.price_cents
        book.stock = wanted.stock
        self.session.commit()
        self.cache.drop(book_id)
        return BookResponse.model_validate(book)

    def remove(self, book_id: int) -> None:
        self.books.remove(self.existing(book_id))
        self.session.commit()
        self.cache.drop(book_id)

    def set_cover(self, book_id: int, content: bytes, content_type: str | None) -> BookResponse:
        """Keep an image as the cover of a book."""
        book = self.existing(book_id)
        book.cover_name = self.covers.keep(content, content_type)
        self.session.commit()
        self.cache.drop(book_id)
        return BookResponse.model_validate(book)

    def best_sellers(self, limit: int, offset: int) -> list[SalesResponse]:
        """What sells best."""
        return [
            SalesResponse(book_id=book_id, title=title, quantity=quantity)
            for book_id, title, quantity in self.books.sales(limit, offset)
        ]

    def existing(self, book_id: int) -> Book:
        book = self.books.get(book_id)
        if book is None:
            raise NotFoundError(f"No book has the id {book_id}")
        return book
