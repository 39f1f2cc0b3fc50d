"""A generic page whose items have a nested relationship."""

from typing import Generic, TypeVar

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    total: int
    items: list[T]


class AuthorOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    author: AuthorOut


app = FastAPI()


@app.get("/books", response_model=Page[BookOut])
def books(session: SessionDep):  # grows: LC602 in the answer
    items = session.scalars(select(Book)).all()
    return {"total": session.scalar(select(func.count(Book.id))), "items": items}


def run(client: TestClient) -> None:
    assert client.get("/books").status_code == 200
