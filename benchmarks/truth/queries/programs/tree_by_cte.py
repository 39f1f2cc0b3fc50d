"""All descendants with one recursive query, put together in Python."""

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


def size(below: dict[int, list[int]], key: int) -> int:
    return 1 + sum(size(below, child) for child in below.get(key, []))


def run(session: Session) -> int:
    tree = select(Folder.id, Folder.parent_id).where(Folder.id == 1).cte(recursive=True)
    tree = tree.union_all(select(Folder.id, Folder.parent_id).where(Folder.parent_id == tree.c.id))
    below: dict[int, list[int]] = {}
    for key, parent in session.execute(select(tree.c.id, tree.c.parent_id)):
        if parent is not None:
            below.setdefault(parent, []).append(key)
    return size(below, 1)
