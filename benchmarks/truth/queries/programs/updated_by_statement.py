"""One UPDATE with a list of values, one with a condition, one for each row."""

from library import Book
from sqlalchemy import select, update
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    keys = session.scalars(select(Book.id)).all()
    session.execute(update(Book), [{"id": key, "pages": key} for key in keys])
    session.execute(update(Book).where(Book.id.in_(keys)).values(pages=1))
    for key in keys:
        session.execute(update(Book).where(Book.id == key).values(pages=key))  # grows: LC601
    session.commit()
