"""What the staff reads; older than the versions of the API."""

from fastapi import APIRouter, Depends
from sqlalchemy import func, select

from app.api.deps import (
    CurrentCustomer,
    OrderRepositoryDep,
    ReportServiceDep,
    SessionDep,
    get_session,
    require_staff,
)
from app.models import Book, OrderLine
from app.schemas.order import OrderResponse

router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[Depends(require_staff)])


@router.get("/orders/{customer_id}", response_model=list[OrderResponse])  # strict fault: LC413
def read_orders(customer_id: int, orders: OrderRepositoryDep):  # fault: LC102, LC410  # strict fault: LC414
    """A customer's orders."""
    return orders.page(customer_id, 1000, 0)


@router.get("/worth")  # strict fault: LC413
def read_worth(customer: CurrentCustomer, reports: ReportServiceDep) -> int:  # fault: LC410
    """What the reader's own orders would cost today."""
    return reports.worth(customer)


@router.get("/average-price")  # strict fault: LC413
def read_average_price(reports: ReportServiceDep) -> int:  # fault: LC410
    """What a book costs on average."""
    return reports.average_price()


@router.get("/stock")  # strict fault: LC413
async def read_stock(session: SessionDep) -> int:  # fault: LC410  # strict fault: LC104
    """How many books lie on the shelves."""
    return session.scalar(select(func.sum(Book.stock))) or 0  # fault: LC103, LC901


@router.get("/titles")  # strict fault: LC413
def read_titles(db=Depends(get_session)) -> list[str]:  # fault: LC409, LC410, LC411  # strict fault: LC104
    query = db.query(Book.title)  # fault: LC103
    query = query.filter(Book.stock > 0)
    return [title for (title,) in query.limit(500).all()]


@router.get("/titles/count")  # strict fault: LC413
def count_titles() -> int:  # fault: LC410
    """How many titles are on the shelves."""
    return len(read_titles())  # fault: LC213


@router.get("/bands")  # strict fault: LC413
def read_bands(session: SessionDep) -> dict[str, int]:  # fault: LC105, LC410  # strict fault: LC104
    """How many books were sold in each band of prices."""
    bands = {"cheap": 0, "fair": 0, "dear": 0}
    for line in session.scalars(select(OrderLine).limit(5000)):  # fault: LC103
        if line.unit_price_cents < 1000:
            bands["cheap"] += line.quantity
        elif line.unit_price_cents < 3000:
            bands["fair"] += line.quantity
        else:
            bands["dear"] += line.quantity
    return bands
