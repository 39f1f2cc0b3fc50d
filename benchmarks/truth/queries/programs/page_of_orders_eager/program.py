"""The page, its query with options in a repository."""

from typing import Generic, TypeVar

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict
from repository import BookRepository

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]


class AuthorOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    author: AuthorOut


app = FastAPI()


@app.get("/books")
def books(session: SessionDep) -> Page[BookOut]:
    found = BookRepository(session).list_with_authors()
    return Page[BookOut](items=[BookOut.model_validate(book) for book in found])


def run(client: TestClient) -> None:
    assert client.get("/books").status_code == 200
