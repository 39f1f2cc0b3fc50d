"""A hybrid property counts in Python."""

from __future__ import annotations

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list[Item]] = relationship()

    @hybrid_property
    def size(self) -> int:
        return len(self.items)

    @size.inplace.expression
    @classmethod
    def _size(cls):
        return select(func.count(Item.id)).where(Item.shelf_id == cls.id).scalar_subquery()


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Shelf(items=[Item()]) for _ in range(n))


def in_sql(session: Session) -> int:
    return sum(session.scalars(select(Shelf.size)))


def run(session: Session) -> int:
    count = in_sql(session)
    for shelf in session.scalars(select(Shelf)):
        count += shelf.size  # grows: LC602
    return count
