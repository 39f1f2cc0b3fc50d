"""The rows lie in a field of the answer."""

from typing import Any, Generic, TypeVar

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

app = FastAPI()
Item = TypeVar("Item")


class Writer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str


class Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    title: str
    author: Writer


class Sheet(BaseModel, Generic[Item]):
    items: list[Item]
    total: int


@app.get("/books", response_model=Sheet[Entry])
def books(session: SessionDep) -> dict[str, Any]:  # grows: LC602 in the answer
    rows = session.scalars(select(Book)).all()
    return {"items": rows, "total": len(rows)}


def run(client: TestClient) -> None:
    client.get("/books").raise_for_status()
