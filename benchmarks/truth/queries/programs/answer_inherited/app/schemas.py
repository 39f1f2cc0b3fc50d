"""Schemas, of which each has what its base has."""

from pydantic import BaseModel, ConfigDict, Field


class Base(BaseModel):
    """Reads attributes."""

    model_config = ConfigDict(from_attributes=True)


class Word(Base):
    """A tag."""

    word: str


class Short(Base):
    """What every list shows."""

    title: str


class Tagged(Short):
    """With what it is about."""

    tags: list[Word]


class Entry(Tagged):
    """With how long it is."""

    pages: int = Field(ge=0)


class Sheet(BaseModel):
    """Entries, and how many there are."""

    items: list[Entry]
    total: int
