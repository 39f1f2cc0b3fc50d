"""A dictionary of lists, each of which is a query."""

from library import Author
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> dict[str, list[str]]:
    authors = session.scalars(select(Author)).all()
    return {author.name: [book.title for book in author.books] for author in authors}  # grows: LC602
