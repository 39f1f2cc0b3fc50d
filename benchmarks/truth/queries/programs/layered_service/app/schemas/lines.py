"""What the routes answer."""

from pydantic import BaseModel


class Line(BaseModel):
    """A line of the catalogue."""

    title: str
    copies: int = 0
