"""Each row is updated with a statement of its own."""

from library import Book
from sqlalchemy import select, update
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for key, title in session.execute(select(Book.id, Book.title)).all():
        session.execute(update(Book).where(Book.id == key).values(pages=len(title)))  # grows: LC601
    session.commit()
