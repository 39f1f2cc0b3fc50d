"""Two collections, one inside the other, in one comprehension."""

from library import Author
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    authors = session.scalars(select(Author)).all()
    return [copy.shelf for author in authors for book in author.books for copy in book.copies]  # grows: LC602
