"""Each round fetches the next row, one at a time."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def after(session: Session, key: int) -> Book | None:
    return session.scalars(select(Book).where(Book.id > key).order_by(Book.id).limit(1)).first()


def run(session: Session) -> int:
    last = total = 0
    while (book := after(session, last)) is not None:  # grows: LC601
        total += book.pages
        last = book.id
    return total
