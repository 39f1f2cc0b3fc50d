"""Suppliers and deliveries."""

from fastapi import APIRouter, Depends, status

from app.api.deps import SupplierServiceDep, require_staff
from app.models.supplier import DeliveryCreate
from app.schemas.common import FromRow

router = APIRouter(prefix="/suppliers", tags=["suppliers"], dependencies=[Depends(require_staff)])


class DeliveryResponse(FromRow):
    id: int
    supplier_id: int
    quantity: int


@router.post("/deliveries", response_model=DeliveryResponse, status_code=status.HTTP_201_CREATED)
def create_delivery(wanted: DeliveryCreate, suppliers: SupplierServiceDep):
    """Note a delivery."""
    return suppliers.receive(wanted)


@router.get("/deliveries", response_model=list[DeliveryResponse])
def list_deliveries(supplier_id: int, suppliers: SupplierServiceDep):  # fault: LC414
    """What a supplier delivered."""
    return suppliers.deliveries(supplier_id)


@router.get("/names", response_model=list[str])
def list_names(suppliers: SupplierServiceDep):
    """Who delivers."""
    return suppliers.names()


@router.get("/{supplier_id}/total", response_model=int)
def read_total(supplier_id: int, suppliers: SupplierServiceDep):
    """How many books a supplier brought so far."""
    return suppliers.delivered(supplier_id)


@router.get("/{supplier_id}/state", response_model=dict[str, str])
def read_state(supplier: int, suppliers: SupplierServiceDep):  # fault: LC420
    """Whether a supplier ever delivered."""
    if not suppliers.deliveries(supplier):
        return {"error": "nothing was ever delivered"}  # fault: LC306
    return {"state": "active"}


@router.get("/{supplier_id}/years/{year}/months/{month}", response_model=int)
def read_month(supplier_id: int, year: int, month: int, suppliers: SupplierServiceDep):  # fault: LC415
    """How many deliveries came in a month."""
    deliveries = suppliers.deliveries(supplier_id)
    return sum(delivery.created_at.year == year and delivery.created_at.month == month for delivery in deliveries)
