"""The same helper, but for all rows at once."""

from crud import CRUDBase
from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    titles = session.scalars(select(Book.title)).all()
    CRUDBase(Author).create_many(session, [{"name": f"the author of {title}"} for title in titles])
    session.commit()
