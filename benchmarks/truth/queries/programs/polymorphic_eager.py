"""Subclasses with tables of their own, loaded with the rows as the mapper says."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Vehicle(Base):
    __tablename__ = "vehicles"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle", "with_polymorphic": "*"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


class Car(Vehicle):
    __tablename__ = "cars"
    __mapper_args__ = {"polymorphic_identity": "car"}

    id: Mapped[int] = mapped_column(ForeignKey("vehicles.id"), primary_key=True)
    doors: Mapped[int]


def fill(session: Session, n: int) -> None:
    session.add_all(Car(doors=4) for _ in range(n))


def run(session: Session) -> int:
    return sum(vehicle.doors for vehicle in session.scalars(select(Vehicle)) if isinstance(vehicle, Car))
