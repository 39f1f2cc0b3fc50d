"""The signed-in customer's orders."""

from fastapi import APIRouter, status

from app.api.deps import CurrentCustomer, OrderServiceDep
from app.schemas.common import PageQuery
from app.schemas.order import OrderCreate, OrderResponse

router = APIRouter(prefix="/orders", tags=["orders"])


def order_path(order_id: int) -> str:
    return f"/v1/orders/{order_id}"


@router.get("", response_model=list[OrderResponse])
def list_orders(page: PageQuery, customer: CurrentCustomer, orders: OrderServiceDep):
    """The customer's orders, the newest first."""
    return orders.page(customer, page.limit, page.offset)


@router.post("", response_model=OrderResponse, status_code=status.HTTP_201_CREATED)
def create_order(wanted: OrderCreate, customer: CurrentCustomer, orders: OrderServiceDep):
    """Order books that are in stock."""
    return orders.place(customer, wanted)


@router.get("/{order_id}", response_model=OrderResponse)
def read_order(order_id: int, customer: CurrentCustomer, orders: OrderServiceDep):
    """One order."""
    return orders.read(customer, order_id)


@router.get("/{order_id}/removal", status_code=status.HTTP_204_NO_CONTENT)
def order_removal(order_id: int, customer: CurrentCustomer, orders: OrderServiceDep) -> None:  # fault: LC404
    """Forget an order."""
    orders.remove(customer, order_id)


@router.post("/{order_id}/cancellation", response_model=OrderResponse)
def cancel_order(order_id: int, customer: CurrentCustomer, orders: OrderServiceDep):
    """Cancel an order; the books go back into the stock."""
    return orders.cancel(customer, order_id)


@router.post("/cancellations", status_code=status.HTTP_202_ACCEPTED)
def cancel_orders(payload: dict, customer: CurrentCustomer, orders: OrderServiceDep) -> None:  # fault: LC408
    """Cancel several orders."""
    orders.cancel_all(customer, payload["order_ids"])
