"""Services come from functions that FastAPI calls."""

from collections.abc import Sequence
from typing import Annotated

from database import get_session
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

app = FastAPI()


class BookStore:
    def __init__(self, db: Session) -> None:
        self.db = db

    def everything(self) -> Sequence[Book]:
        return self.db.execute(select(Book)).scalars().all()

    def with_copies(self) -> Sequence[Book]:
        return self.db.execute(select(Book).options(selectinload(Book.copies))).scalars().all()

    def writer(self, book: Book) -> str:
        return self.db.execute(select(Author.name).where(Author.id == book.author_id)).scalar_one()


class BookService:
    def __init__(self, store: BookStore) -> None:
        self.store = store

    def writers(self) -> list[str]:
        return [self.store.writer(book) for book in self.store.everything()]  # grows: LC601

    def copies(self) -> list[int]:
        return [len(book.copies) for book in self.store.with_copies()]

    def tags(self) -> list[list[str]]:
        return [[tag.word for tag in book.tags] for book in self.store.with_copies()]  # grows: LC602


def get_store(db: Session = Depends(get_session)) -> BookStore:
    return BookStore(db)


def get_service(store: Annotated[BookStore, Depends(get_store)]) -> BookService:
    return BookService(store=store)


@app.get("/writers")
def writers(service: Annotated[BookService, Depends(get_service)]) -> list[str]:
    return service.writers()


@app.get("/copies")
def copies(service: BookService = Depends(get_service)) -> list[int]:
    return service.copies()


@app.get("/tags")
def tags(service: BookService = Depends(get_service)) -> list[list[str]]:
    return service.tags()


def run(client: TestClient) -> None:
    for path in ("/writers", "/copies", "/tags"):
        client.get(path).raise_for_status()
