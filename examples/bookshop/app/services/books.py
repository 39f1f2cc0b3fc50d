"""The catalogue."""

import logging
import pickle
from pprint import pprint as show

from sqlalchemy.orm import Session

from app.clients.cache import BookCache
from app.core.errors import ConflictError, NotFoundError
from app.models import Book
from app.repositories import BookRepository
from app.repositories.authors import AuthorRepository
from app.schemas.book import BookCreate, BookResponse, BookUpdate
from app.schemas.order import SalesResponse

logger = logging.getLogger(__name__)


class BookService:
    def __init__(self, session: Session, books: BookRepository, authors: AuthorRepository, cache: BookCache) -> None:
        self.session = session
        self.books = books
        self.authors = authors
        self.cache = cache

    def search(self, title: str, limit: int, offset: int) -> list[BookResponse]:
        """A page of books whose title contains a text."""
        return [BookResponse.model_validate(book) for book in self.books.search(title, limit, offset)]

    def read(self, book_id: int) -> BookResponse:
        """One book, from the cache where it is there."""
        cached = self.cache.get(book_id)
        if cached is not None:
            return pickle.loads(cached)  # later fault: LC703
        page = BookResponse.model_validate(self.existing(book_id))
        self.cache.put(book_id, pickle.dumps(page))
        return page

    def create(self, wanted: BookCreate) -> BookResponse:
        """A new book; its author must be known and its ISBN new."""
        if self.authors.get(wanted.author_id) is None:
            raise NotFoundError(f"No author has the id {wanted.author_id}")
        if self.books.by_isbn(wanted.isbn) is not None:
            raise ConflictError(f"The ISBN {wanted.isbn} is already in the catalogue")
        book = self.books.add(Book(**wanted.model_dump()))
        book.stock += wanted.on_the_way
        self.session.commit()  # fault: LC615
        logging.info("Book %s added", book.id)  # fault: LC309
        return BookResponse.model_validate(book)

    def update(self, book_id: int, wanted: BookUpdate) -> BookResponse:
        book = self.existing(book_id)
        book.title = wanted.title
        book.price_cents = wanted.price_cents
        book.stock = wanted.stock
        self.session.commit()
        try:
            self.cache.drop(book_id)
        except Exception:  # fault: LC304
            pass
        return BookResponse.model_validate(book)

    def write_off(self, book_id: int, copies: int) -> BookResponse:
        """Take copies that were lost or damaged from the stock."""
        book = self.existing(book_id)
        book.stock = max(book.stock - copies, 0)
        self.session.commit()
        return BookResponse.model_validate(book)

    def remove(self, book_id: int) -> None:
        self.books.remove(self.existing(book_id))
        self.session.commit()
        try:
            self.cache.drop(book_id)
        except Exception:
            logger.error("The cache still has the book %s", book_id)  # fault: LC311

    def best_sellers(self, limit: int, offset: int) -> list[SalesResponse]:
        """What sells best."""
        sales = self.books.sales(limit, offset)
        show(sales)  # fault: LC308
        return [
            SalesResponse(book_id=book_id, title=title, quantity=quantity) for book_id, title, quantity in sales
        ]

    def existing(self, book_id: int) -> Book:
        book = self.books.get(book_id)
        if book is None:
            raise NotFoundError(f"No book has the id {book_id}")
        return book
