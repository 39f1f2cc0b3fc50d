"""A computed field of a schema needs nothing of the database; a validator of a schema takes what it was given."""

from collections.abc import Sequence

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel, ConfigDict, computed_field, field_validator
from sqlalchemy import select

app = FastAPI()


class Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    title: str
    pages: int

    @computed_field
    @property
    def author(self) -> str:
        return f"the author of {self.title}"

    @field_validator("title")
    @classmethod
    def stripped(cls, title: str) -> str:
        return title.strip()


@app.get("/books", response_model=list[Entry])
def books(session: SessionDep) -> Sequence[Book]:
    return session.scalars(select(Book)).all()


def run(client: TestClient) -> None:
    client.get("/books").raise_for_status()
