"""A property that asks each time, and one that remembers; a helper that is called twice with the same row."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, object_session, relationship


class Base(DeclarativeBase):
    pass


class Cart(Base):
    __tablename__ = "carts"

    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Line]] = relationship()

    @property
    def count(self) -> int:
        return object_session(self).scalar(select(func.count(Line.id)).where(Line.cart_id == self.id))

    @cached_property
    def dearest(self) -> int:
        return object_session(self).scalar(select(func.max(Line.price)).where(Line.cart_id == self.id))


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id"))


def total(cart: Cart) -> int:
    return sum(line.price for line in cart.lines)


def fill(session: Session, n: int) -> None:
    session.add_all(Cart(lines=[Line(price=i)]) for i in range(n))


def run(session: Session) -> list[str]:
    lines = []
    for cart in session.scalars(select(Cart)):
        if cart.count > 100:  # grows: LC601
            continue
        found = f"{cart.count} lines"  # grows: LC601
        found += f", the dearest costs {cart.dearest}"  # grows: LC601
        found += f", again: {cart.dearest}"
        if total(cart) > 10:  # grows: LC602
            found += f", together {total(cart)}"
        lines.append(found)
    return lines
