"""A collection that is a query of its own."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, DynamicMapped, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Player(Base):
    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    scores: DynamicMapped[Score] = relationship()


class Score(Base):
    __tablename__ = "scores"

    id: Mapped[int] = mapped_column(primary_key=True)
    points: Mapped[int]
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Player(scores=[Score(points=i)]) for i in range(n))


def run(session: Session) -> int:
    total = 0
    for player in session.scalars(select(Player)):
        total += player.scores.filter(Score.points > 0).count()  # grows: LC601
    return total
