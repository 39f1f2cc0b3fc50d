"""Each round fetches the next row, one at a time."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    last = total = 0
    while (book := session.scalars(select(Book).where(Book.id > last).order_by(Book.id).limit(1)).first()) is not None:  # grows: LC601
        total += book.pages
        last = book.id
    return total
