"""Authors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.entities.base import Base
from sqlalchemy.orm import Mapped, mapped_column, relationship

if TYPE_CHECKING:
    from app.entities.poem import Poem


class Poet(Base):
    """Writes poems."""

    __tablename__ = "poets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    poems: Mapped[list[Poem]] = relationship("Poem", back_populates="poet")
