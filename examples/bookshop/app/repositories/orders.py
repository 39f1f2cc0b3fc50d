"""Orders in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import Order


class OrderRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, order_id: int) -> Order | None:
        return self.session.get(Order, order_id, options=[selectinload(Order.lines)])

    def page(self, customer_id: int, limit: int, offset: int) -> Sequence[Order]:
        """A customer's orders, the newest first, with their lines."""
        query = (
            select(Order)
            .where(Order.customer_id == customer_id)
            .options(selectinload(Order.lines))
            .order_by(Order.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return self.session.scalars(query).all()

    def add(self, order: Order) -> Order:
        self.session.add(order)
        self.session.flush()
        return order

    def remove(self, order: Order) -> None:
        self.session.delete(order)
        self.session.flush()
