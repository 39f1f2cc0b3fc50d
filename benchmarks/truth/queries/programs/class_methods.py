"""Ways of a table to find its own rows."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Coin(Base):
    __tablename__ = "coins"

    id: Mapped[int] = mapped_column(primary_key=True)
    worth: Mapped[int]

    @classmethod
    def find(cls, session: Session, key: int) -> Coin | None:
        return session.scalars(select(cls).where(cls.id == key)).one_or_none()

    @staticmethod
    def worth_of(session: Session, key: int) -> int:
        return session.scalars(select(Coin.worth).where(Coin.id == key)).one()


def fill(session: Session, n: int) -> None:
    session.add_all(Coin(worth=i) for i in range(n))


def run(session: Session) -> int:
    keys = session.scalars(select(Coin.id)).all()
    coins = [Coin.find(session, key) for key in keys]  # grows: LC601
    return len(coins) + sum(Coin.worth_of(session, key) for key in keys)  # grows: LC601
