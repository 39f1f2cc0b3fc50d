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
    api_key = Column(String(64), nullable=True)  # strict fault: LC623
    phone1 = Column(String(30), nullable=True)  # strict fault: LC624
    phone2 = Column(String(30), nullable=True)
    phone3 = Column(String(30), nullable=True)


class Delivery(CreatedAt, Base):
    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[int]  # fault: LC607
    quantity: Mapped[int]  # strict fault: LC611


class DeliveryCreate(BaseModel):  # fault: LC109  # strict fault: LC412
    """What a supplier announces."""

    supplier_id: int
    quantity: int
