"""Books in the database."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, joinedload

from app.models import Book, OrderLine
from app.services import pricing as prices  # fault: LC101, LC110


class BookRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, book_id: int) -> Book | None:
        return self.session.get(Book, book_id, options=[joinedload(Book.author)])

    def by_isbn(self, isbn: str) -> Book | None:
        return self.session.scalars(select(Book).where(Book.isbn == isbn)).one_or_none()

    def by_ids(self, book_ids: Iterable[int]) -> dict[int, Book | None]:
        """The books with these ids."""
        return {book_id: self.session.get(Book, book_id) for book_id in book_ids}  # fault: LC601

    def search(self, title: str, limit: int, offset: int) -> Sequence[Book]:
        """A page of the books whose title contains a text, with their authors."""
        matching = text(f"books.title LIKE '%{title}%'")  # fault: LC606
        query = select(Book).options(joinedload(Book.author)).where(matching).order_by(Book.id)
        return self.session.scalars(query.limit(limit).offset(offset)).all()

    def without_cover(self, limit: int) -> Sequence[Book]:
        query = select(Book).where(Book.cover_name is None).limit(limit)  # fault: LC625
        return self.session.scalars(query).all()

    def cheaper_than(self, cents, limit: int) -> Sequence[Book]:  # fault: LC409
        """Books below a price that includes the tax."""
        net = prices.without_tax(cents)
        return self.session.scalars(select(Book).where(Book.price_cents < net).limit(limit)).all()

    def sales(self, limit: int, offset: int) -> list[tuple[int, str, int]]:
        """Id, title and sold quantity of books, the best sold first."""
        sold = func.sum(OrderLine.quantity)
        query = (
            select(Book.id, Book.title, sold)
            .join(OrderLine, OrderLine.book_id == Book.id)
            .group_by(Book.id, Book.title)
            .order_by(sold.desc(), Book.id)
            .limit(limit)
            .offset(offset)
        )
        return [(book_id, title, quantity) for book_id, title, quantity in self.session.execute(query)]

    def add(self, book: Book) -> Book:
        self.session.add(book)
        self.session.commit()  # fault: LC113
        return book

    def remove(self, book: Book) -> None:
        self.session.delete(book)
        self.session.flush()
