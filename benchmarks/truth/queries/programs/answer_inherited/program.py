"""The relationship stands in the base of the schema, in another file."""

from app.routes import router
from fastapi import FastAPI
from fastapi.testclient import TestClient

app = FastAPI()
app.include_router(router)


def run(client: TestClient) -> None:
    for path in ("/entries", "/sheet", "/short"):
        client.get(path).raise_for_status()
