"""What the routes answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class FromRows(BaseModel):
    """Reads attributes."""

    model_config = ConfigDict(from_attributes=True)


class Writer(FromRows):
    """An author."""

    name: str


class Entry(FromRows):
    """A book."""

    title: str
    author: Writer | None = None


class Entries(BaseModel):
    """Books."""

    data: list[Entry]
    count: int
