"""A class method makes an answer of a row."""

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
        return cls(book.title, book.author.name)


def eager(session: Session) -> list[Line]:
    return [Line.of(book) for book in session.scalars(select(Book).options(joinedload(Book.author)))]


def run(session: Session) -> list[Line]:
    lines = eager(session)
    session.expunge_all()
    return lines + [Line.of(book) for book in session.scalars(select(Book))]  # grows: LC602
