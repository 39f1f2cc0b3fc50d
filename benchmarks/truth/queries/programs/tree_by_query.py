"""The children of each node are asked for, down the tree."""

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


def size(session: Session, folder: Folder) -> int:
    children = session.scalars(select(Folder).where(Folder.parent_id == folder.id)).all()
    return 1 + sum(size(session, child) for child in children)  # grows: LC601


def run(session: Session) -> int:
    return size(session, session.get_one(Folder, 1))
