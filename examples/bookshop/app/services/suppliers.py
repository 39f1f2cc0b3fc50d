"""Suppliers and deliveries."""

import logging

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError, SupplierError
from app.models import Delivery
from app.models.supplier import DeliveryCreate
from app.repositories.suppliers import SupplierRepository

logger = logging.getLogger(__name__)


class SupplierService:
    def __init__(self, session: Session, suppliers: SupplierRepository) -> None:
        self.session = session
        self.suppliers = suppliers

    def receive(self, wanted: DeliveryCreate) -> Delivery:
        """Note a delivery."""
        if self.suppliers.get(wanted.supplier_id) is None:
            raise NotFoundError(f"No supplier has the id {wanted.supplier_id}")
        if wanted.quantity < 1:
            raise SupplierError("A delivery has at least one book")
        delivery = self.suppliers.add(Delivery(supplier_id=wanted.supplier_id, quantity=wanted.quantity))
        self.session.commit()
        logger.info(f"{delivery.quantity} books came from the supplier {delivery.supplier_id}")  # strict fault: LC310
        return delivery

    def deliveries(self, supplier_id: int) -> list[Delivery]:
        return self.suppliers.deliveries(supplier_id)

    def names(self) -> list[str]:
        """Who delivers."""
        return [supplier.name for supplier in self.suppliers.everybody()]

    def delivered(self, supplier_id: int) -> int:
        """How many books a supplier brought so far."""
        return self.suppliers.delivered(supplier_id)
