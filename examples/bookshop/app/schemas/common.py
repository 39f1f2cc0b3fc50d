"""Parts that every resource's schemas share."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field


class FromRow(BaseModel):
    """Base of what the API sends: read from ORM rows."""

    model_config = ConfigDict(from_attributes=True)


class Page(BaseModel):
    """Which part of a list is wanted."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0)] = 0
    order: Literal["newest", "oldest"] = "newest"


PageQuery = Annotated[Page, Query()]


class ErrorResponse(BaseModel):
    """What every failed request gets."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["No book has the id 7"])
    request_id: str = Field(examples=["5f2b8c9d"])
