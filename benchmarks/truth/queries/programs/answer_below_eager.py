"""One author with its books and their copies, all loaded; the loans of the copies are not shown."""

from database import AsyncSessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Author, Book, Copy
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

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


@app.get("/authors/{key}")
async def author(key: int, session: AsyncSessionDep) -> Writer | None:
    statement = select(Author).where(Author.id == key).options(selectinload(Author.books).selectinload(Book.copies))
    return (await session.scalars(statement)).one_or_none()


@app.get("/got/{key}", response_model=Writer)
async def got(key: int, session: AsyncSessionDep) -> Author:
    return await session.get_one(Author, key, options=[selectinload(Author.books).selectinload(Book.copies)])


def run(client: TestClient) -> None:
    client.get("/authors/1").raise_for_status()
    client.get("/got/1").raise_for_status()
