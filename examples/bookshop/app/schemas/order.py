"""What the API takes and gives for orders."""

from datetime import datetime

from pydantic import BaseModel, Field, computed_field

from app.models.order import OrderStatus
from app.schemas.common import FromRow
from app.services.pricing import with_tax  # fault: LC101


class OrderLineCreate(BaseModel):
    book_id: int = Field(examples=[1])
    quantity: int = Field(ge=1, le=100, examples=[2])


class OrderCreate(BaseModel):
    lines: list[OrderLineCreate] = Field(min_length=1, max_length=50)


class OrderLineResponse(FromRow):
    book_id: int
    quantity: int
    unit_price_cents: int

    @computed_field
    def price_with_tax(self) -> int:
        return with_tax(self.unit_price_cents)


class OrderResponse(FromRow):
    id: int
    status: OrderStatus
    created_at: datetime
    lines: list[OrderLineResponse]


class SalesResponse(BaseModel):
    """What was sold of one book."""

    book_id: int
    title: str
    quantity: int
