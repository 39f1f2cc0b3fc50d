"""What the API takes and gives for books."""

from pydantic import BaseModel, Field

from app.schemas.author import AuthorResponse
from app.schemas.common import FromRow


class BookCreate(BaseModel):
    isbn: str = Field(pattern=r"^\d{13}$", examples=["9780441478125"])
    title: str = Field(min_length=1, max_length=300, examples=["The Left Hand of Darkness"])
    author_id: int = Field(examples=[1])
    price_cents: int = Field(gt=0, le=1_000_000, examples=[1299])
    stock: int = Field(ge=0, le=100_000, examples=[12])
    on_the_way: int = Field(default=0, ge=0, le=100_000, exclude=True, examples=[5])


class BookUpdate(BaseModel):
    title: str = Field(min_length=1, max_length=300, examples=["The Left Hand of Darkness"])
    price_cents: int = Field(gt=0, le=1_000_000, examples=[1299])
    stock: int = Field(ge=0, le=100_000, examples=[12])


class Loss(BaseModel):
    copies: int = Field(ge=1, le=1000, examples=[1])


class BookResponse(FromRow):
    id: int
    isbn: str
    title: str
    price_cents: int
    stock: int
    cover_name: str | None
    author: AuthorResponse


class EditionResponse(BaseModel):
    """What the ISBN service knows of an edition."""

    isbn: str
    title: str
    publish_date: str | None
