"""Rows in dictionaries, in unions, in annotated lists; a schema that is validated by map, and on the spot."""

from collections.abc import Sequence
from typing import Annotated

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import select

app = FastAPI()


class Writer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str


class Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    title: str
    author: Writer


@app.get("/keyed")
def keyed(session: SessionDep) -> dict[str, Entry]:  # grows: LC602 in the answer
    return {book.title: book for book in session.scalars(select(Book))}


@app.get("/annotated", response_model=Annotated[list[Entry], Field(max_length=1000)])
def annotated(session: SessionDep) -> Sequence[Book]:  # grows: LC602 in the answer
    return session.scalars(select(Book)).all()


@app.get("/maybe", response_model=list[Entry] | None)
def maybe(session: SessionDep) -> Sequence[Book] | None:  # grows: LC602 in the answer
    books = session.scalars(select(Book)).all()
    return books or None


@app.get("/mapped")
def mapped(session: SessionDep) -> list[Entry]:
    return list(map(Entry.model_validate, session.scalars(select(Book))))  # grows: LC602


@app.get("/at-once")
def at_once(session: SessionDep) -> list[Entry]:
    return TypeAdapter(list[Entry]).validate_python(session.scalars(select(Book)).all())  # grows: LC602


def run(client: TestClient) -> None:
    for path in ("/keyed", "/annotated", "/maybe", "/mapped", "/at-once"):
        client.get(path).raise_for_status()
