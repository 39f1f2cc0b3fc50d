"""A collection is replaced: the old one is read, to see what has gone."""

from library import Book, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def run(session: Session) -> None:
    tag = session.scalars(select(Tag)).first()
    for book in session.scalars(select(Book).options(selectinload(Book.tags))).all():
        book.tags = [tag]
    session.expunge_all()
    tag = session.scalars(select(Tag)).first()
    for book in session.scalars(select(Book)).all():
        book.tags = [tag]  # grows: LC602
