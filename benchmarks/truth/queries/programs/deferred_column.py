"""A column that is fetched when it is read."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(deferred=True)


def fill(session: Session, n: int) -> None:
    session.add_all(Letter(text=f"letter {i}") for i in range(n))


def run(session: Session) -> int:
    return sum(len(letter.text) for letter in session.scalars(select(Letter)))  # grows: LC602
