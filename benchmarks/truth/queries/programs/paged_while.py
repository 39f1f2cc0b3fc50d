"""Pages of ten: the pages are few, what is read of each row is not."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    names: list[str] = []
    offset = 0
    while True:
        page = session.scalars(select(Book).order_by(Book.id).offset(offset).limit(10)).all()
        if not page:
            break
        for book in page:
            names.append(book.author.name)  # grows: LC602
        offset += 10
    return names
