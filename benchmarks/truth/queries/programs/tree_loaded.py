"""A tree whose levels were loaded with the root, as deep as it is."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


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
    leaves = [Folder(name=f"folder {i}", children=[Folder(name="leaf")]) for i in range(n)]
    session.add(Folder(id=1, name="root", children=leaves))


def two_levels(session: Session) -> list[str]:
    statement = (
        select(Folder).where(Folder.id == 1).options(selectinload(Folder.children).selectinload(Folder.children))
    )
    root = session.scalars(statement).one()
    return [leaf.name for child in root.children for leaf in child.children]


def all_levels(session: Session) -> int:
    statement = select(Folder).where(Folder.id == 1).options(selectinload(Folder.children, recursion_depth=-1))
    root = session.scalars(statement).one()
    return len([leaf for child in root.children for leaf in child.children])


def in_memory(session: Session) -> dict[int | None, list[str]]:
    below: dict[int | None, list[str]] = {}
    for folder in session.scalars(select(Folder)):
        below.setdefault(folder.parent_id, []).append(folder.name)
    return below


def run(session: Session) -> None:
    two_levels(session)
    session.expunge_all()
    all_levels(session)
    session.expunge_all()
    in_memory(session)
