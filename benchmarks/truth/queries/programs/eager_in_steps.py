"""The query is built in several steps, the option somewhere in the middle."""

from library import Book
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload


def ordered(statement: Select[tuple[Book]]) -> Select[tuple[Book]]:
    return statement.order_by(Book.title)


def run(session: Session) -> list[str]:
    statement = select(Book)
    statement = statement.where(Book.pages > 1)
    statement = statement.options(joinedload(Book.author))
    statement = ordered(statement).limit(100)
    return [book.author.name for book in session.scalars(statement)]
