"""The name of the rows is bound anew: to what has them loaded, or to something else."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    count = len(books)
    session.expunge_all()
    books = session.scalars(select(Book).options(joinedload(Book.author))).all()
    out = [book.author.name for book in books]
    titles = [book.title for book in books]
    for book in titles:
        out.append(f"{book.title()} of {count}")
    return out
