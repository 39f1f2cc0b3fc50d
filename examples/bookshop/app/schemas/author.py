"""What the API takes and gives for authors."""

from pydantic import BaseModel, Field

from app.schemas.common import FromRow


class AuthorCreate(BaseModel):
    name: str = Field(min_length=1, max_length=200, examples=["Ursula K. Le Guin"])


class AuthorUpdate(BaseModel):
    name: str = Field(min_length=1, max_length=200, examples=["Ursula K. Le Guin"])


class AuthorResponse(FromRow):
    id: int
    name: str


class AuthorWithTitles(AuthorResponse):
    """An author and the titles the shop has of them."""

    titles: list[str]
