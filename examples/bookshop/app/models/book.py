"""Books: what the shop sells."""

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, CreatedAt

if TYPE_CHECKING:
    from app.models.author import Author


class Book(CreatedAt, Base):
    __tablename__ = "books"
    __table_args__ = (
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(String(13), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(2), default="en")
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
    price_cents: Mapped[int]
    stock: Mapped[int] = mapped_column(default=0)
    cover_name: Mapped[str | None] = mapped_column(String(64))

    author: Mapped["Author"] = relationship(back_populates="books")
