"""What the wholesaler tells the shop by itself."""

from fastapi import APIRouter, Depends, status

from app.api.deps import SupplierServiceDep, require_wholesaler
from app.models.supplier import DeliveryCreate

router = APIRouter(prefix="/webhooks", tags=["webhooks"], dependencies=[Depends(require_wholesaler)])


@router.post("/deliveries", status_code=status.HTTP_202_ACCEPTED)
def announce_delivery(wanted: DeliveryCreate, suppliers: SupplierServiceDep) -> None:
    """A delivery is on its way."""
    suppliers.receive(wanted)
