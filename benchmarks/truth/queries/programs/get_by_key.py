"""A row is fetched by its key, in every round another."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    out = []
    for author_id in session.scalars(select(Book.author_id)).all():
        author = session.get(Author, author_id)  # grows: LC601
        if author is not None:
            out.append(author.name)
    return out
