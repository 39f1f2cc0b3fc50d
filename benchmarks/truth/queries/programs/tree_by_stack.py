"""A stack of nodes to visit, and a query for each."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Folder(Base):
    __tablename__ = "folders"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))


def fill(session: Session, n: int) -> None:
    session.add(Folder(id=1))
    session.flush()
    session.add_all(Folder(id=i, parent_id=1) for i in range(2, n + 1))


def run(session: Session) -> int:
    waiting = [1]
    count = 0
    while waiting:
        key = waiting.pop()
        count += 1
        waiting.extend(session.scalars(select(Folder.id).where(Folder.parent_id == key)))  # grows: LC601
    return count
