"""Only the leaves are fetched: each parent is one query more."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
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
    session.add_all(Folder(name="leaf", parent=Folder(name=f"above {i}")) for i in range(n))


def run(session: Session) -> list[str]:
    folders = session.scalars(select(Folder).where(Folder.name == "leaf")).all()
    return [folder.parent.name for folder in folders if folder.parent is not None]  # grows: LC602
