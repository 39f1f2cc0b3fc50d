"""Appending to a collection reads it first."""

from library import Book, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    tag = Tag(word="new")
    session.add(tag)
    session.flush()
    for book in session.scalars(select(Book)).all():
        book.tags.append(tag)  # grows: LC602
    session.rollback()
