"""Suppliers in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Delivery, Supplier


class SupplierRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, supplier_id: int) -> Supplier | None:
        return self.session.get(Supplier, supplier_id)

    def deliveries(self, supplier_id: int) -> list[Delivery]:
        query = select(Delivery).where(Delivery.supplier_id == supplier_id).order_by(Delivery.id)
        return list(self.session.scalars(query))

    def everybody(self) -> Sequence[Supplier]:
        """All suppliers by name."""
        return self.session.scalars(select(Supplier).order_by(Supplier.name)).all()  # strict fault: LC603

    def delivered(self, supplier_id: int) -> int:
        """How many books a supplier brought so far."""
        deliveries = self.session.scalars(select(Delivery).where(Delivery.supplier_id == supplier_id))  # strict fault: LC605
        return sum(delivery.quantity for delivery in deliveries)

    def add(self, delivery: Delivery) -> Delivery:
        self.session.add(delivery)
        self.session.flush()
        return delivery
