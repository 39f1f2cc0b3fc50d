"""A service that knows its repository by a protocol only."""

from app.repository import RepositoryDep
from app.service import ShelfService
from fastapi import FastAPI
from fastapi.testclient import TestClient

app = FastAPI()


@app.get("/shelves")
async def shelves(repository: RepositoryDep) -> list[str]:
    """The shelves."""
    return await ShelfService(repository).shelves()


@app.get("/writers")
async def writers(repository: RepositoryDep) -> list[str]:
    """The authors."""
    return await ShelfService(repository).writers()


def run(client: TestClient) -> None:
    client.get("/shelves").raise_for_status()
    client.get("/writers").raise_for_status()
