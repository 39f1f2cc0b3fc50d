"""After a commit the session reads each row again."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    for book in books:
        book.pages += 1
    session.commit()
    return [book.title for book in books]  # grows: LC602
