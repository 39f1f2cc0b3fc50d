"""Properties and methods of a table read its relationship."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from tables import Base, Box, Shelf

__all__ = ["Base"]


def fill(session: Session, n: int) -> None:
    session.add_all(Shelf(label=f"shelf {i}", boxes=[Box(weight=i)]) for i in range(n))


def weights(session: Session) -> list[int]:
    return [shelf.weight for shelf in session.scalars(select(Shelf))]  # grows: LC602


def full(session: Session) -> int:
    count = 0
    for shelf in session.scalars(select(Shelf)).all():
        if shelf.full:  # grows: LC602
            count += 1
    return count


def heaviest(session: Session) -> int:
    return max(shelf.heaviest() for shelf in session.scalars(select(Shelf)))  # grows: LC602


def headings(session: Session) -> list[str]:
    return [shelf.heading for shelf in session.scalars(select(Shelf))]


def run(session: Session) -> None:
    for work in (weights, full, heaviest, headings):
        work(session)
        session.expunge_all()
