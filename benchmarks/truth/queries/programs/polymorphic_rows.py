"""Single-table inheritance: everything is in the row."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Animal(Base):
    __tablename__ = "animals"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


class Dog(Animal):
    __mapper_args__ = {"polymorphic_identity": "dog"}

    tricks: Mapped[int | None] = mapped_column(use_existing_column=True)

    @property
    def loud(self) -> str:
        return self.kind.upper()


def fill(session: Session, n: int) -> None:
    session.add_all(Dog(tricks=i) for i in range(n))


def run(session: Session) -> list[str]:
    return [f"{dog.loud} {dog.tricks}" for dog in session.scalars(select(Dog))]
