"""A single row on the other side of a foreign key: a query a row, since its key is not known."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    passport: Mapped[Passport | None] = relationship(back_populates="person")


class Passport(Base):
    __tablename__ = "passports"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    person: Mapped[Person] = relationship(back_populates="passport")


def fill(session: Session, n: int) -> None:
    session.add_all(Person(passport=Passport()) for _ in range(n))


def eager(session: Session) -> int:
    people = session.scalars(select(Person).options(joinedload(Person.passport)))
    return sum(1 for person in people if person.passport is not None and person.passport.person is person)


def lazy(session: Session) -> int:
    people = session.scalars(select(Person)).all()
    passports = session.scalars(select(Passport)).all()
    return sum(1 for person in people if person.passport is not None) + len(passports)  # grows: LC602


def run(session: Session) -> None:
    eager(session)
    session.expunge_all()
    lazy(session)
