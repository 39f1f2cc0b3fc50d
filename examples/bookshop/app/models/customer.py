"""Customers, and the staff among them."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt


class Role(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


class Customer(CreatedAt, Base):
    __tablename__ = "customers"
    __table_args__ = (CheckConstraint("role IN ('customer', 'staff')", name="role_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))  # fault: LC610
    full_name: Mapped[str] = mapped_column(String(200))
    hashed_password: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default=Role.CUSTOMER)
