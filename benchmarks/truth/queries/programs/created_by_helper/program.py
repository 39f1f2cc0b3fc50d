"""The helper that creates a row flushes and reads it again."""

from crud import author_crud
from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    for title in session.scalars(select(Book.title)).all():
        author_crud.create(session, {"name": f"the author of {title}"})  # grows: LC601
    session.commit()
