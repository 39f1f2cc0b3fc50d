"""The books are loaded with the authors, their copies are not."""

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Author
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import selectinload

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


@app.get("/authors")
def authors(session: SessionDep) -> list[Writer]:  # grows: LC602 in the answer
    return session.scalars(select(Author).options(selectinload(Author.books))).all()


def run(client: TestClient) -> None:
    client.get("/authors").raise_for_status()
