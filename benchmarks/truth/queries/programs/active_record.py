"""Tables that read themselves, through a mixin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Self

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Records:
    @classmethod
    def every(cls, session: Session) -> Sequence[Self]:
        return session.scalars(select(cls)).all()

    @classmethod
    def find(cls, session: Session, key: int) -> Self | None:
        return session.get(cls, key)


class Garden(Records, Base):
    __tablename__ = "gardens"

    id: Mapped[int] = mapped_column(primary_key=True)
    beds: Mapped[list[Bed]] = relationship(back_populates="garden")

    @cached_property
    def size(self) -> int:
        return sum(bed.size for bed in self.beds)

    @classmethod
    def with_beds(cls, session: Session) -> Sequence[Garden]:
        return session.scalars(select(cls).options(selectinload(cls.beds))).all()


class Bed(Records, Base):
    __tablename__ = "beds"

    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    garden_id: Mapped[int] = mapped_column(ForeignKey("gardens.id"))
    garden: Mapped[Garden] = relationship(back_populates="beds")


def fill(session: Session, n: int) -> None:
    session.add_all(Garden(beds=[Bed(size=i)]) for i in range(n))


def run(session: Session) -> None:
    [bed.garden.id for bed in Bed.every(session)]  # grows: LC602
    session.expunge_all()
    sum(garden.size for garden in Garden.every(session))  # grows: LC602
    session.expunge_all()
    sum(garden.size for garden in Garden.with_beds(session))
    session.expunge_all()
    keys = session.scalars(select(Bed.garden_id)).all()
    [Garden.find(session, key) for key in keys]  # grows: LC601
