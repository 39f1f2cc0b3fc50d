"""Schemas are made from the rows by hand."""

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import joinedload

app = FastAPI()


class Writer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str


class Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    title: str
    author: Writer


ENTRIES = TypeAdapter(list[Entry])


@app.get("/each")
def each(session: SessionDep) -> list[Entry]:
    return [Entry.model_validate(book) for book in session.scalars(select(Book))]  # grows: LC602


@app.get("/all")
def everything(session: SessionDep) -> list[Entry]:
    return ENTRIES.validate_python(session.scalars(select(Book)).all())  # grows: LC602


@app.get("/loaded")
def loaded(session: SessionDep) -> list[Entry]:
    return [Entry.model_validate(book) for book in session.scalars(select(Book).options(joinedload(Book.author)))]


@app.get("/built")
def built(session: SessionDep) -> list[Entry]:
    books = session.scalars(select(Book)).all()
    return [Entry(title=book.title, author=Writer(name=book.author.name)) for book in books]  # grows: LC602


def run(client: TestClient) -> None:
    for path in ("/each", "/all", "/loaded", "/built"):
        client.get(path).raise_for_status()
