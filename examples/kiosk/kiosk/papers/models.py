"""Papers on the rack."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.database import Base


class Paper(Base):
    __tablename__ = "papers"
    __table_args__ = (
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("copies >= 0", name="copies_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100), unique=True)
    price_cents: Mapped[int]
    copies: Mapped[int]
