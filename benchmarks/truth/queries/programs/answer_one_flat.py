"""One author is answered with its books: two statements, however many books."""

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Author, Book
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

app = FastAPI()


def fill(session: Session, n: int) -> None:
    session.add(Author(id=1, name="One", books=[Book(title=f"Book {i}", pages=i) for i in range(n)]))


class FromRows(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Entry(FromRows):
    title: str


class Writer(FromRows):
    name: str
    books: list[Entry]


@app.get("/authors/{key}", response_model=Writer)
def author(key: int, session: SessionDep) -> Author | None:
    return session.get(Author, key)


def run(client: TestClient) -> None:
    client.get("/authors/1").raise_for_status()
