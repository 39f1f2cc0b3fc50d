"""Router, service and repository, each injected into the one above."""

from app.routers.catalogue import router
from fastapi import FastAPI
from fastapi.testclient import TestClient

app = FastAPI()
app.include_router(router)


def run(client: TestClient) -> None:
    for name in ("one-by-one", "counted", "lazily", "authors", "longest"):
        client.get(f"/catalogue/{name}").raise_for_status()
