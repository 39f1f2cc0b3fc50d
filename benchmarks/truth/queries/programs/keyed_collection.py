"""A collection that is a dictionary."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    attribute_keyed_dict,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    labels: Mapped[dict[str, Label]] = relationship(collection_class=attribute_keyed_dict("language"))


class Label(Base):
    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str]
    text: Mapped[str]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Product(labels={"en": Label(language="en", text=f"product {i}")}) for i in range(n))


def eager(session: Session) -> int:
    return sum(len(p.labels["en"].text) for p in session.scalars(select(Product).options(selectinload(Product.labels))))


def run(session: Session) -> int:
    total = eager(session)
    session.expunge_all()
    for product in session.scalars(select(Product)):
        total += len(product.labels["en"].text)  # grows: LC602
    return total
