"""Rows that are answered without a schema: only what was loaded is shown."""

from typing import Any

from database import SessionDep
from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from library import Author, Book
from pydantic import BaseModel
from sqlalchemy import select

app = FastAPI()


class Entry(BaseModel):
    title: str
    author: str = ""


@app.get("/encoded")
def encoded(session: SessionDep) -> JSONResponse:
    return JSONResponse(jsonable_encoder(session.scalars(select(Book)).all()))


@app.get("/untyped", response_model=None)
def untyped(session: SessionDep) -> Any:
    return session.scalars(select(Book)).all()


@app.get("/columns", response_model=list[Entry])
def columns(session: SessionDep) -> Any:
    rows = session.execute(select(Book.title, Author.name.label("author")).join(Book.author))
    return [dict(row._mapping) for row in rows]


@app.get("/built")
def built(session: SessionDep) -> list[Entry]:
    return [Entry(title=book.title) for book in session.scalars(select(Book))]


def run(client: TestClient) -> None:
    for path in ("/encoded", "/untyped", "/columns", "/built"):
        client.get(path).raise_for_status()
