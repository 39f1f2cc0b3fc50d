"""Rows are added, changed and deleted in loops; the unit of work writes them at the end, all at once."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Stamp(Base):
    __tablename__ = "stamps"

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]


def fill(session: Session, n: int) -> None:
    session.add_all(Stamp(price=i) for i in range(n))


def run(session: Session) -> None:
    stamps = session.scalars(select(Stamp)).all()
    for stamp in stamps:
        session.add(Stamp(price=stamp.price))
    session.commit()
    for stamp in session.scalars(select(Stamp)):
        stamp.price += 1
    session.commit()
    for stamp in session.scalars(select(Stamp)).all():
        session.delete(stamp)
    session.commit()
