"""A list of rows is answered with schemas whose relationships were all loaded."""

from collections.abc import Sequence

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Author, Book
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

app = FastAPI()


class FromRows(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Place(FromRows):
    shelf: str


class Entry(FromRows):
    title: str
    copies: list[Place]


class Writer(FromRows):
    name: str
    books: list[Entry]


class Title(FromRows):
    title: str


@app.get("/authors", response_model=list[Writer])
def authors(session: SessionDep) -> Sequence[Author]:
    statement = select(Author).options(joinedload(Author.books).selectinload(Book.copies))
    return session.scalars(statement).unique().all()


@app.get("/titles")
def titles(session: SessionDep) -> list[Title]:
    return session.scalars(select(Book)).all()


@app.get("/books")
def books(session: SessionDep) -> list[Entry]:
    return list(session.scalars(select(Book).options(selectinload(Book.copies))))


def run(client: TestClient) -> None:
    for path in ("/authors", "/titles", "/books"):
        client.get(path).raise_for_status()
