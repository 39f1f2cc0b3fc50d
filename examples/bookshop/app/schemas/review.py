"""What the API takes and gives for reviews."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.schemas.common import FromRow


class ReviewCreate(BaseModel):
    rating: int = Field(ge=1, le=5, examples=[5])
    text: str = Field(max_length=2000, examples=["Cold, quiet and unforgettable."])


class ReviewResponse(FromRow):
    id: int
    book_id: int
    rating: int
    text: str
    created_at: datetime


class ReviewFilter(BaseModel):
    """Which reviews are wanted."""

    rating: int = Field(ge=1, le=5, examples=[5])
