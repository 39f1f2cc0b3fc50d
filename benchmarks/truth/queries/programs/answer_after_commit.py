"""Rows are answered with after a commit: each is read again."""

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library import Book
from pydantic import BaseModel
from sqlalchemy import select


class BookOut(BaseModel):
    id: int
    title: str


app = FastAPI()


@app.post("/books/longer", response_model=list[BookOut])
def longer(session: SessionDep):  # grows: LC602 in the answer
    books = session.scalars(select(Book)).all()
    for book in books:
        book.pages += 1
    session.commit()
    return books


def run(client: TestClient) -> None:
    assert client.post("/books/longer").status_code == 200
