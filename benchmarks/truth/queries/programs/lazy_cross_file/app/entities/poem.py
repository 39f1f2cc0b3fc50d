"""Poems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.entities.base import Base
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

if TYPE_CHECKING:
    from app.entities.author import Poet


class Poem(Base):
    """Written by a poet."""

    __tablename__ = "poems"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    poet_id: Mapped[int] = mapped_column(ForeignKey("poets.id"))
    poet: Mapped[Poet] = relationship("Poet", back_populates="poems")
