"""A query for every ten keys: a tenth of the statements, which is not one a row."""

from collections.abc import Iterator, Sequence

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def tens(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), 10):
        yield keys[start : start + 10]


def in_place(session: Session, keys: Sequence[int]) -> list[str]:
    titles: list[str] = []
    for start in range(0, len(keys), 10):
        titles += session.scalars(select(Book.title).where(Book.id.in_(keys[start : start + 10])))
    return titles


def handed_out(session: Session, keys: Sequence[int]) -> list[str]:
    titles: list[str] = []
    for some in tens(keys):
        titles += session.scalars(select(Book.title).where(Book.id.in_(some)))
    return titles


def cut_off(session: Session, keys: Sequence[int]) -> list[str]:
    rest = list(keys)
    titles: list[str] = []
    while rest:
        some, rest = rest[:10], rest[10:]
        titles += session.scalars(select(Book.title).where(Book.id.in_(some)))
    return titles


def gathered(session: Session, keys: Sequence[int]) -> None:
    waiting: list[Book] = []
    for key in keys:
        waiting.append(Book(title=f"after {key}", pages=1, author_id=1))
        if len(waiting) == 10:
            session.add_all(waiting)
            session.flush()
            waiting.clear()
    session.add_all(waiting)
    session.flush()


def run(session: Session) -> None:
    keys = session.scalars(select(Book.id)).all()
    in_place(session, keys)
    handed_out(session, keys)
    cut_off(session, keys)
    gathered(session, keys)
