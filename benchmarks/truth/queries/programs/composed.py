"""Values that are made of columns: composites, hybrids, synonyms."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, composite, mapped_column, synonym


class Base(DeclarativeBase):
    pass


@dataclass
class Point:
    x: int
    y: int


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]
    y: Mapped[int]
    place: Mapped[Point] = composite("x", "y")
    left: Mapped[int] = synonym("x")

    @hybrid_property
    def far(self) -> bool:
        return self.x + self.y > 10


def fill(session: Session, n: int) -> None:
    session.add_all(Tree(x=i, y=i) for i in range(n))


def run(session: Session) -> int:
    count = 0
    for tree in session.scalars(select(Tree)):
        count += tree.place.x + tree.left + tree.far
    return count
