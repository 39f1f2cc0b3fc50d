"""Each row is read again."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for book in session.scalars(select(Book)).all():
        session.refresh(book)  # grows: LC601
