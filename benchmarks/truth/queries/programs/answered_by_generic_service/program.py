"""A route, a service of a generic repository, a response model."""

from database import SessionDep
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict
from service import BookService

app = FastAPI()


class CopyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    shelf: str


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    copies: list[CopyOut]


def get_service(session: SessionDep) -> BookService:
    return BookService(session)


@app.get("/books", response_model=list[BookOut])
def books(service: BookService = Depends(get_service)):  # grows: LC602 in the answer
    return service.list()


@app.get("/books/eager", response_model=list[BookOut])
def books_eager(service: BookService = Depends(get_service)):
    return service.list_with_copies()


def run(client: TestClient) -> None:
    assert client.get("/books").status_code == 200
    assert client.get("/books/eager").status_code == 200
