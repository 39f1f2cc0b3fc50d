"""Books in the database."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Book, OrderLine


class BookRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, book_id: int) -> Book | None:
        return self.session.get(Book, book_id, options=[joinedload(Book.author)])

    def by_isbn(self, isbn: str) -> Book | None:
        return self.session.scalars(select(Book).where(Book.isbn == isbn)).one_or_none()

    def by_ids(self, book_ids: Iterable[int]) -> dict[int, Book]:
        """The books with these ids, locked until the transaction ends; one query however many there are."""
        query = select(Book).where(Book.id.in_(list(book_ids))).order_by(Book.id).with_for_update()
        return {book.id: book for book in self.session.scalars(query)}

    def search(self, text: str | None, limit: int, offset: int, newest_first: bool) -> Sequence[Book]:
        """A page of the books whose title contains `text`, with their authors."""
        query = select(Book).options(joinedload(Book.author))
        if text is not None:
            query = query.where(Book.title.icontains(text, autoescape=True))
        query = query.order_by(Book.id.desc() if newest_first else Book.id)
        return self.session.scalars(query.limit(limit).offset(offset)).all()

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
        self.session.flush()
        return book

    def remove(self, book: Book) -> None:
        self.session.delete(book)
        self.session.flush()
