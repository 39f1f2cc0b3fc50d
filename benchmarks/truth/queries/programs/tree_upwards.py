"""A chain of parents is followed upwards, one query a step."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Folder(Base):
    __tablename__ = "folders"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("folders.id"))
    parent: Mapped[Folder | None] = relationship(remote_side=[id])


def fill(session: Session, n: int) -> None:
    session.add_all(Folder(id=i + 1, name=f"folder {i}", parent_id=i or None) for i in range(n))
    session.flush()
    session.add(Folder(id=1000, name="leaf", parent_id=n))


def run(session: Session) -> str:
    folder = session.get_one(Folder, 1000)
    path = folder.name
    while folder.parent is not None:  # grows: LC602
        folder = folder.parent
        path = f"{folder.name}/{path}"
    return path
