"""The relationships are loaded for all rows at once, after the rows."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def by_identity(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    session.scalars(select(Book).options(selectinload(Book.copies)).execution_options(populate_existing=True)).all()
    return [copy.shelf for book in books for copy in book.copies]


def by_grouping(session: Session) -> dict[str, int]:
    authors = session.scalars(select(Author)).all()
    counts: dict[int, int] = {}
    for author_id in session.scalars(select(Book.author_id)):
        counts[author_id] = counts.get(author_id, 0) + 1
    return {author.name: counts[author.id] for author in authors}


def run(session: Session) -> None:
    by_identity(session)
    session.expunge_all()
    by_grouping(session)
