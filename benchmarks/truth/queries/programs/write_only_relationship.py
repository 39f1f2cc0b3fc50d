"""A collection that only gives statements."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, WriteOnlyMapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Player(Base):
    __tablename__ = "players"

    id: Mapped[int] = mapped_column(primary_key=True)
    scores: WriteOnlyMapped[Score] = relationship()


class Score(Base):
    __tablename__ = "scores"

    id: Mapped[int] = mapped_column(primary_key=True)
    points: Mapped[int]
    player_id: Mapped[int] = mapped_column(ForeignKey("players.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Player(scores=[Score(points=i)]) for i in range(n))


def added(session: Session) -> None:
    for player in session.scalars(select(Player)).all():
        player.scores.add(Score(points=1))
    session.commit()


def listed(session: Session) -> int:
    total = 0
    for player in session.scalars(select(Player)).all():
        total += len(session.scalars(player.scores.select()).all())  # grows: LC601
    return total


def run(session: Session) -> None:
    added(session)
    session.expunge_all()
    listed(session)
