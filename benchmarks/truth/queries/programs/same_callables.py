"""Functions and statements in a list: as many queries as the source has entries."""

from collections.abc import Callable

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def authors(session: Session) -> int:
    return session.scalar(select(func.count(Author.id))) or 0


def books(session: Session) -> int:
    return session.scalar(select(func.count(Book.id))) or 0


class Check:
    def __init__(self, question: Callable[[Session], int]) -> None:
        self.question = question

    def answer(self, session: Session) -> int:
        return self.question(session)


CHECKS = [Check(authors), Check(books), Check(authors), Check(books)]
STATEMENTS = {
    "authors": select(Author.id),
    "books": select(Book.id),
    "pages": select(Book.pages),
    "names": select(Author.name),
}


def run(session: Session) -> list[int]:
    out = [check.answer(session) for check in CHECKS]
    for statement in STATEMENTS.values():
        out.append(len(session.scalars(statement).all()))
    return out + list(map(lambda question: question(session), [authors, books]))
