"""Many rows are written with one statement."""

from library import Author, Book
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    titles = session.scalars(select(Book.title)).all()
    session.execute(insert(Author), [{"name": f"the author of {title}"} for title in titles])
    keys = session.scalars(select(Book.id)).all()
    session.execute(update(Book), [{"id": key, "pages": 1} for key in keys])
    session.commit()
