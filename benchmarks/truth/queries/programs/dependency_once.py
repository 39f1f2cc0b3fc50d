"""A dependency sends its queries once a request; the handler loops over what it gave."""

from typing import Annotated

from database import SessionDep
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from library import Author, Book
from sqlalchemy import select

app = FastAPI()


def writers(session: SessionDep) -> dict[int, str]:
    return {author.id: author.name for author in session.scalars(select(Author))}


@app.get("/lines")
def lines(session: SessionDep, names: Annotated[dict[int, str], Depends(writers)]) -> list[str]:
    return [f"{book.title} by {names[book.author_id]}" for book in session.scalars(select(Book))]


def run(client: TestClient) -> None:
    client.get("/lines").raise_for_status()
