"""Sales."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, status

from kiosk.dependencies import Sales, require_till
from kiosk.sales.models import Sale
from kiosk.sales.schemas import SaleCreate, SaleResponse

router = APIRouter(
    prefix="/v1/sales",
    tags=["sales"],
    dependencies=[Depends(require_till)],
    responses={401: {"description": "The till's key is missing or wrong"}},
)


@router.get("", response_model=list[SaleResponse])
def list_sales(
    sales: Sales, limit: Annotated[int, Query(ge=1, le=100)] = 20, offset: Annotated[int, Query(ge=0)] = 0
) -> Sequence[Sale]:
    """Sales, the newest first."""
    return sales.page(limit, offset)


@router.post(
    "",
    response_model=SaleResponse,
    status_code=status.HTTP_201_CREATED,
    responses={409: {"description": "There are not that many copies on the rack"}},
)
def create_sale(wanted: SaleCreate, sales: Sales) -> Sale:
    """Sell a paper."""
    sale = sales.sell(wanted)
    if sale is None:
        raise HTTPException(status.HTTP_409_CONFLICT, "There are not that many copies on the rack")
    return sale
