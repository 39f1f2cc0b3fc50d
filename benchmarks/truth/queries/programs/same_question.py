"""The loop asks the same in every round, which is a query all the same."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    out = []
    for title in session.scalars(select(Book.title)).all():
        out.append(f"{title}, 1 of {session.scalar(select(func.count(Author.id)))}")  # grows: LC601
    return out
