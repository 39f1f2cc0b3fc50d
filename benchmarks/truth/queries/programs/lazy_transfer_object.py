"""Plain objects are made from rows, by a class method and by a function."""

from __future__ import annotations

from dataclasses import dataclass

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload


@dataclass
class Line:
    title: str
    author: str

    @classmethod
    def of(cls, book: Book) -> Line:
        return cls(title=book.title, author=book.author.name)


class Labels:
    def label(self, book: Book) -> str:
        return f"{book.title} ({book.author.name})"


def run(session: Session) -> None:
    for book in session.scalars(select(Book)):
        Line.of(book)  # grows: LC602
    session.expunge_all()
    labels = Labels()
    [labels.label(book) for book in session.scalars(select(Book))]  # grows: LC602
    session.expunge_all()
    [Line.of(book) for book in session.scalars(select(Book).options(joinedload(Book.author)))]
