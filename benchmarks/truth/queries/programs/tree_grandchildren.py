"""Two levels of a tree, in two loops."""

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
    children: Mapped[list[Folder]] = relationship()


def fill(session: Session, n: int) -> None:
    children = [Folder(name=f"folder {i}", children=[Folder(name="leaf")]) for i in range(n)]
    session.add(Folder(id=1, name="root", children=children))


def run(session: Session) -> list[str]:
    root = session.get_one(Folder, 1)
    return [leaf.name for child in root.children for leaf in child.children]  # grows: LC602
