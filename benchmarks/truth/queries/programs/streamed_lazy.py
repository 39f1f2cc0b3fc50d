"""Rows come from one cursor; their authors do not."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    out = []
    for book in session.scalars(select(Book).execution_options(yield_per=5)):
        out.append(book.author.name)  # grows: LC602
    for some in session.scalars(select(Book)).partitions(7):
        for book in some:
            out += [tag.word for tag in book.tags]  # grows: LC602
    return out
