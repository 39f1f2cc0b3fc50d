"""A query that is built in a loop and sent after it; results that are read after the loop that made them."""

from library import Author, Book
from sqlalchemy import or_, select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    names = session.scalars(select(Author.name)).all()
    conditions = []
    for name in names:
        conditions.append(Book.title == name)
        session.query(Book).filter(Book.title == name).exists()
    query = session.query(Book)
    for name in names:
        query = query.filter(Book.title != name)
    return [book.title for book in query.filter(or_(*conditions, Book.pages > 0))]
