"""A column that is a query in SQL comes with the rows."""

from __future__ import annotations

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, column_property, mapped_column


class Base(DeclarativeBase):
    pass


class Score(Base):
    __tablename__ = "scores"

    id: Mapped[int] = mapped_column(primary_key=True)
    points: Mapped[int]
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id"))


class Player(Base):
    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    total: Mapped[int] = column_property(
        select(func.coalesce(func.sum(Score.points), 0)).where(Score.player_id == id).scalar_subquery()
    )


def fill(session: Session, n: int) -> None:
    for i in range(n):
        session.add_all([Player(id=i + 1), Score(points=i, player_id=i + 1)])


def run(session: Session) -> list[int]:
    return [player.total for player in session.scalars(select(Player))]
