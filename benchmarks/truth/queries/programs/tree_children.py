"""A tree is walked from its root, one query a node."""

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
    children: Mapped[list[Folder]] = relationship(back_populates="parent")
    parent: Mapped[Folder | None] = relationship(back_populates="children", remote_side=[id])


def fill(session: Session, n: int) -> None:
    session.add(Folder(id=1, name="root", children=[Folder(name=f"folder {i}") for i in range(n)]))


def names(folder: Folder) -> list[str]:
    out = [folder.name]
    for child in folder.children:
        out += names(child)
    return out


def run(session: Session) -> list[str]:
    root = session.scalars(select(Folder).where(Folder.parent_id.is_(None))).one()
    return names(root)  # grows: LC602
