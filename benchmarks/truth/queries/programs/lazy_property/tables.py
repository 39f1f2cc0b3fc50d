"""Tables with a property that reads a relationship."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base of all tables."""


class Shelf(Base):
    """A shelf of a room."""

    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    boxes: Mapped[list[Box]] = relationship(back_populates="shelf")

    @property
    def weight(self) -> int:
        """What stands on it."""
        return sum(box.weight for box in self.boxes)

    @hybrid_property
    def full(self) -> bool:
        """Whether nothing more fits."""
        return len(self.boxes) > 4

    @property
    def heading(self) -> str:
        """Its label, in capitals."""
        return self.label.upper()

    def heaviest(self) -> int:
        """The weight of the heaviest box."""
        return max((box.weight for box in self.boxes), default=0)


class Box(Base):
    """A box on a shelf."""

    __tablename__ = "boxes"

    id: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[int]
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"))
    shelf: Mapped[Shelf] = relationship(back_populates="boxes")
