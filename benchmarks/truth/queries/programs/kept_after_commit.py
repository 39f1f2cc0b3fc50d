"""The session keeps its rows over a commit."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker


def run(session: Session) -> list[str]:
    maker = sessionmaker(session.get_bind(), expire_on_commit=False)
    with maker() as own:
        books = own.scalars(select(Book)).all()
        for book in books:
            book.pages += 1
        own.commit()
        return [book.title for book in books]
