"""Suppliers, and what they deliver."""

from pydantic import BaseModel
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt


class Supplier(Base):
    __tablename__ = "suppliers"

    id = Column(Integer, primary_key=True)
    name = Column(String(200))  # fault: LC609
    website = Column(String(300))  # fault: LC612


class Delivery(CreatedAt, Base):
    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int]  # fault: LC607
    quantity: Mapped[int]


class DeliveryCreate(BaseModel):  # fault: LC109
    """What a supplier announces."""

    supplier_id: int
    quantity: int
