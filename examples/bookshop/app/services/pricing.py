"""Prices with and without the tax on books."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Book
from app.repositories import books

TAX_PER_CENT = 7


def with_tax(cents: int) -> int:
    return cents + cents * TAX_PER_CENT // 100


def without_tax(cents: int) -> int:
    return cents * 100 // (100 + TAX_PER_CENT)


def most_expensive(shelf: books.BookRepository, title: str) -> int:
    """The highest price of the first books with such a title, with the tax."""
    return with_tax(max((book.price_cents for book in shelf.search(title, limit=50, offset=0)), default=0))


class PriceService:
    def __init__(self, session: Session) -> None:
        self.session = session

    def average(self) -> int:
        """What a book costs on average, with the tax."""
        net = self.session.scalar(select(func.avg(Book.price_cents)))  # fault: LC114
        return with_tax(round(net or 0))
