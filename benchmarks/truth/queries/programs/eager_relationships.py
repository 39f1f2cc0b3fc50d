"""The relationships are declared to be loaded with the rows, or never by themselves."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, lazyload, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Trip(Base):
    __tablename__ = "trips"

    id: Mapped[int] = mapped_column(primary_key=True)
    guide_id: Mapped[int] = mapped_column(ForeignKey("guides.id"))
    guide: Mapped[Guide] = relationship(lazy="joined")
    stops: Mapped[list[Stop]] = relationship(lazy="selectin")
    notes: Mapped[list[Note]] = relationship(lazy="subquery")
    bills: Mapped[list[Bill]] = relationship(lazy="raise")


class Guide(Base):
    __tablename__ = "guides"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Stop(Base):
    __tablename__ = "stops"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trips.id"))


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trips.id"))


class Bill(Base):
    __tablename__ = "bills"

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trips.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(
        Trip(guide=Guide(name=f"guide {i}"), stops=[Stop()], notes=[Note()], bills=[Bill()]) for i in range(n)
    )


def declared(session: Session) -> int:
    count = 0
    for trip in session.scalars(select(Trip)):
        count += len(trip.guide.name) + len(trip.stops) + len(trip.notes)
    return count


def asked(session: Session) -> int:
    return sum(len(trip.bills) for trip in session.scalars(select(Trip).options(selectinload(Trip.bills))))


def made_lazy(session: Session) -> int:
    trips = session.scalars(select(Trip).options(lazyload(Trip.stops)))
    return sum(len(trip.stops) for trip in trips)  # grows: LC602


def run(session: Session) -> None:
    for work in (declared, asked, made_lazy):
        work(session)
        session.expunge_all()
