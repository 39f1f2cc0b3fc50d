"""A cached property is read once a row."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Cart(Base):
    __tablename__ = "carts"

    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Line]] = relationship(back_populates="cart")

    @cached_property
    def total(self) -> int:
        return sum(line.price for line in self.lines)


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id"))
    cart: Mapped[Cart] = relationship(back_populates="lines")


def fill(session: Session, n: int) -> None:
    session.add_all(Cart(lines=[Line(price=i)]) for i in range(n))


def run(session: Session) -> int:
    return max(cart.total for cart in session.scalars(select(Cart)))  # grows: LC602
