"""A function calls itself for the next row: a loop without the word."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Task(Base):
    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    next_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Task(id=i, next_id=i + 1 if i < n else None) for i in range(1, n + 1))


def length(session: Session, key: int | None) -> int:
    if key is None:
        return 0
    task = session.get_one(Task, key)
    return 1 + length(session, task.next_id)  # grows: LC601


def run(session: Session) -> int:
    return length(session, 1)
