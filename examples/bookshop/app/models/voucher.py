"""Gift vouchers: what a customer gave to somebody who may choose the book."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.models.base import Base


class Voucher(SQLModel, table=True):
    __tablename__ = "vouchers"
    __table_args__ = (CheckConstraint("cents > 0", name="cents_positive"),)
    metadata = Base.metadata

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=20, unique=True)
    cents: int = Field(gt=0, le=50_000)
    redeemed: bool = Field(default=False)
