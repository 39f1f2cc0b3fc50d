"""One author is answered; the books are one query, the copies of each book one more."""

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Author, Book, Copy
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

app = FastAPI()


def fill(session: Session, n: int) -> None:
    books = [Book(title=f"Book {i}", pages=i, copies=[Copy(shelf="A")]) for i in range(n)]
    session.add(Author(id=1, name="One", books=books))


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


@app.get("/authors/{key}", response_model=Writer)
def author(key: int, session: SessionDep) -> Author | None:  # grows: LC602 in the answer
    return session.get(Author, key)


def run(client: TestClient) -> None:
    client.get("/authors/1").raise_for_status()
