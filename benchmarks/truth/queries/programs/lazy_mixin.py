"""The relationship comes from a mixin."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Owned:
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))

    @declared_attr
    def owner(cls) -> Mapped[Owner]:
        return relationship(Owner)


class Car(Owned, Base):
    __tablename__ = "cars"

    id: Mapped[int] = mapped_column(primary_key=True)


def fill(session: Session, n: int) -> None:
    session.add_all(Car(owner=Owner(name=f"owner {i}")) for i in range(n))


def run(session: Session) -> list[str]:
    return [car.owner.name for car in session.scalars(select(Car))]  # grows: LC602
