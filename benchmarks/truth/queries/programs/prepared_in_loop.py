"""Statements are only built in the loop; they are sent as one."""

from library import Author, Book
from sqlalchemy import select, union_all
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    statement = select(Book.title).order_by(Book.id)
    for word in session.scalars(select(Author.name)).all():
        statement = statement.where(Book.title != word)
    parts = [select(Book.title).where(Book.id == key) for key in session.scalars(select(Book.id)).all()]
    return [*session.scalars(statement), *session.scalars(union_all(*parts))]
