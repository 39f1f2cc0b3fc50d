"""All rows have the same parent, by the condition of the query or of the join."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, with_parent


def fill(session: Session, n: int) -> None:
    session.add(Author(id=1, name="One", books=[Book(title=f"Book {i}", pages=i) for i in range(n)]))


def by_key(session: Session, key: int) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book).where(Book.author_id == key))]


def by_filter(session: Session, key: int) -> list[str]:
    return [book.author.name for book in session.query(Book).filter_by(author_id=key)]


def by_object(session: Session, author: Author) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book).where(Book.author == author))]


def by_parent(session: Session, author: Author) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book).where(with_parent(author, Author.books)))]


def run(session: Session) -> None:
    by_key(session, 1)
    session.expunge_all()
    by_filter(session, 1)
    session.expunge_all()
    author = session.get_one(Author, 1)
    by_object(session, author)
    by_parent(session, author)
