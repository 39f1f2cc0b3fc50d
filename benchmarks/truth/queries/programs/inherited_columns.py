"""Joined inheritance: the columns of the subclass are fetched when they are read, unless the query asks for them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, selectin_polymorphic


class Base(DeclarativeBase):
    pass


class Animal(Base):
    __tablename__ = "animals"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


class Bird(Animal):
    __tablename__ = "birds"
    __mapper_args__ = {"polymorphic_identity": "bird"}

    id: Mapped[int] = mapped_column(ForeignKey("animals.id"), primary_key=True)
    wings: Mapped[int]


def fill(session: Session, n: int) -> None:
    session.add_all(Bird(wings=2) for _ in range(n))


def asked(session: Session) -> int:
    animals = session.scalars(select(Animal).options(selectin_polymorphic(Animal, [Bird])))
    return sum(animal.wings for animal in animals if isinstance(animal, Bird))


def run(session: Session) -> int:
    count = asked(session)
    session.expunge_all()
    for animal in session.scalars(select(Animal)):
        if isinstance(animal, Bird):
            count += animal.wings  # grows: LC602
    return count
