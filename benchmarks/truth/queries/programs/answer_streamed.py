"""The answer is streamed while it is read."""

from collections.abc import Iterator

from database import SessionDep
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from library import Book
from sqlalchemy import select
from sqlalchemy.orm import joinedload

app = FastAPI()


@app.get("/lazy")
def lazy(session: SessionDep) -> StreamingResponse:
    def lines() -> Iterator[str]:
        for book in session.scalars(select(Book)):
            yield f"{book.title},{book.author.name}\n"  # grows: LC602

    return StreamingResponse(lines(), media_type="text/csv")


@app.get("/eager")
def eager(session: SessionDep) -> StreamingResponse:
    def lines() -> Iterator[str]:
        for book in session.scalars(select(Book).options(joinedload(Book.author))):
            yield f"{book.title},{book.author.name}\n"

    return StreamingResponse(lines(), media_type="text/csv")


def run(client: TestClient) -> None:
    client.get("/lazy").raise_for_status()
    client.get("/eager").raise_for_status()
