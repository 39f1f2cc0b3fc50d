"""A list of rows is answered with a schema that has the related row in it."""

from collections.abc import Sequence

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

app = FastAPI()


class Writer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str


class Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    title: str
    author: Writer


@app.get("/books", response_model=list[Entry])
def books(session: SessionDep) -> Sequence[Book]:  # grows: LC602 in the answer
    return session.scalars(select(Book)).all()


def run(client: TestClient) -> None:
    client.get("/books").raise_for_status()
