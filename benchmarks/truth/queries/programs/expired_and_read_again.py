"""After the commit the rows are asked for again, all at once."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def longer(session: Session) -> list[Book]:
    books = list(session.scalars(select(Book)))
    for book in books:
        book.pages += 1
    session.commit()
    return list(session.scalars(select(Book).order_by(Book.id)))


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    titles = [book.title for book in books]
    session.commit()
    fresh = longer(session)
    return titles + [book.title for book in fresh] + [book.title for book in books]
