"""What the API takes and gives for sales."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class SaleCreate(BaseModel):
    paper_id: int = Field(examples=[1])
    copies: int = Field(default=1, gt=0, le=100, examples=[2])


class SaleResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    paper_id: int
    copies: int
    total_cents: int
    currency: str
    sold_at: datetime
