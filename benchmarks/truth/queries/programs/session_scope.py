"""A context manager of the project opens the session; the rows are read in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from library import Author, Book
from sqlalchemy.orm import Session, sessionmaker


@contextmanager
def scope(maker: sessionmaker) -> Iterator[Session]:
    session = maker()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


def run(maker: sessionmaker) -> list[str]:
    names = []
    with scope(maker) as session:
        for book in session.query(Book).order_by(Book.id).all():
            author = session.query(Author).filter(Author.id == book.author_id).one()  # grows: LC601
            names.append(author.name)
    return names
