"""A validator of the schema gets the row, and reads what it likes."""

from collections.abc import Sequence
from typing import Any

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel, model_validator
from sqlalchemy import select

app = FastAPI()


class Entry(BaseModel):
    title: str
    author: str

    @model_validator(mode="before")
    @classmethod
    def flat(cls, data: Any) -> Any:
        if isinstance(data, Book):
            return {"title": data.title, "author": data.author.name}
        return data


@app.get("/books", response_model=list[Entry])
def books(session: SessionDep) -> Sequence[Book]:  # grows: LC602 in the answer
    return session.scalars(select(Book)).all()


def run(client: TestClient) -> None:
    client.get("/books").raise_for_status()
