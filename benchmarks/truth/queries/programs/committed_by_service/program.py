"""A service commits what it creates; the caller loops."""

from library import Book
from service import AuthorService
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    service = AuthorService(session)
    titles = session.scalars(select(Book.title)).all()
    for title in titles:
        service.create(f"the author of {title}")  # grows: LC614
