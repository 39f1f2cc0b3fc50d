"""Each new row is flushed by itself."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[int]:
    keys = []
    for title in session.scalars(select(Book.title)).all():
        author = Author(name=f"the author of {title}")
        session.add(author)
        session.flush()  # grows: LC601
        keys.append(author.id)
    return keys
