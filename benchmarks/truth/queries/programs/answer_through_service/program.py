"""The rows come from a service, whose base query loads what the schema reads."""

from typing import Any

from app.schemas import Entries
from app.service import Service
from fastapi import FastAPI
from fastapi.testclient import TestClient

app = FastAPI()


@app.get("/books", response_model=Entries)
async def books(service: Service) -> Any:
    """All books."""
    rows = await service.listed()
    return Entries(data=rows, count=len(rows))


def run(client: TestClient) -> None:
    client.get("/books").raise_for_status()
