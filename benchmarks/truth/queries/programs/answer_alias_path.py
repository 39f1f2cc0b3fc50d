"""A field of the schema takes a part of the related row."""

from collections.abc import Sequence

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import AliasPath, BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload

app = FastAPI()


class Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    title: str
    writer: str = Field(validation_alias=AliasPath("author", "name"))


@app.get("/lazy", response_model=list[Entry])
def lazy(session: SessionDep) -> Sequence[Book]:  # grows: LC602 in the answer
    return session.scalars(select(Book)).all()


@app.get("/eager", response_model=list[Entry])
def eager(session: SessionDep) -> Sequence[Book]:
    return session.scalars(select(Book).options(joinedload(Book.author))).all()


def run(client: TestClient) -> None:
    client.get("/lazy").raise_for_status()
    client.get("/eager").raise_for_status()
