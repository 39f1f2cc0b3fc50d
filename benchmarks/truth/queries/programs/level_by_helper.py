"""A helper asks for a whole level of a tree."""

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


def children(session: Session, parents: set[int]) -> set[int]:
    return set(session.scalars(select(Folder.id).where(Folder.parent_id.in_(parents))))


def run(session: Session) -> int:
    seen: set[int] = set()
    frontier = {1}
    while frontier:
        seen |= frontier
        frontier = children(session, frontier) - seen
    return len(seen)
