"""The query is built in several steps, none of which loads the author."""

from library import Book
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload


def ordered(statement: Select[tuple[Book]]) -> Select[tuple[Book]]:
    return statement.order_by(Book.title)


def run(session: Session) -> list[str]:
    statement = select(Book)
    statement = statement.where(Book.pages > 1)
    statement = statement.options(selectinload(Book.copies))
    statement = ordered(statement).limit(100)
    return [book.author.name for book in session.scalars(statement)]  # grows: LC602
