"""A property of a table asks its own session."""

from __future__ import annotations

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, object_session


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)

    @property
    def size(self) -> int:
        session = object_session(self)
        assert session is not None
        return session.scalar(select(func.count(Member.id)).where(Member.team_id == self.id)) or 0


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Team(id=i) for i in range(1, n + 1))
    session.flush()
    session.add_all(Member(team_id=i) for i in range(1, n + 1))


def run(session: Session) -> int:
    return sum(team.size for team in session.scalars(select(Team)).all())  # grows: LC601
