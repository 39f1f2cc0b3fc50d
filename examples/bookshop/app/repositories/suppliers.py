"""Suppliers in the database."""

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

    def add(self, delivery: Delivery) -> Delivery:
        self.session.add(delivery)
        self.session.flush()
        return delivery
