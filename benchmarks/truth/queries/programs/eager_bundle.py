"""Rows whose relationships are loaded by chains, by sub-options and by the tables, in one query."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    pass


class Country(Base):
    __tablename__ = "countries"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Town(Base):
    __tablename__ = "towns"

    id: Mapped[int] = mapped_column(primary_key=True)
    country_id: Mapped[int] = mapped_column(ForeignKey("countries.id"))
    country: Mapped[Country] = relationship(lazy="joined")
    streets: Mapped[list[Street]] = relationship(back_populates="town")


class Street(Base):
    __tablename__ = "streets"

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"))
    town: Mapped[Town] = relationship(back_populates="streets")
    houses: Mapped[list[House]] = relationship(back_populates="street")


class House(Base):
    __tablename__ = "houses"

    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("streets.id"))
    street: Mapped[Street] = relationship(back_populates="houses")


def fill(session: Session, n: int) -> None:
    session.add_all(Town(country=Country(name=f"country {i}"), streets=[Street(houses=[House()])]) for i in range(n))


def down(session: Session) -> list[str]:
    towns = session.scalars(select(Town).options(selectinload(Town.streets).joinedload(Street.houses))).all()
    return [f"{t.country.name} {h.id} {h.street.town.id}" for t in towns for s in t.streets for h in s.houses]


def up(session: Session) -> list[str]:
    houses = session.scalars(select(House).options(joinedload(House.street).joinedload(Street.town)))
    return [house.street.town.country.name for house in houses]


def by_hand(session: Session) -> list[str]:
    statement = select(House).join(House.street).join(Street.town)
    statement = statement.options(contains_eager(House.street).contains_eager(Street.town))
    return [house.street.town.country.name for house in session.scalars(statement)]


def half(session: Session) -> list[int]:
    houses = session.scalars(select(House).options(joinedload(House.street)))
    return [house.street.town.id for house in houses]  # grows: LC602


def run(session: Session) -> None:
    for work in (down, up, by_hand, half):
        work(session)
        session.expunge_all()
