"""A query that updates, once a row."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for key in session.scalars(select(Book.id)).all():
        session.query(Book).filter(Book.id == key).update({"pages": key})  # grows: LC601
    session.query(Book).filter(Book.pages > 0).update({"pages": 1})
    session.commit()
