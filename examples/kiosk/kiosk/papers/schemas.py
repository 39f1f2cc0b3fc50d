"""What the API takes and gives for papers."""

from pydantic import BaseModel, ConfigDict, Field


class PaperCreate(BaseModel):
    title: str = Field(min_length=1, max_length=100, examples=["The Morning Post"])
    price_cents: int = Field(gt=0, examples=[290])
    copies: int = Field(ge=0, examples=[12])


class PaperResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    price_cents: int
    copies: int
