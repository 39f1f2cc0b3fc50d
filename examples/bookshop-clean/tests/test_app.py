"""What holds for every request."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.models import Book


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_request_id_is_kept_or_made(client: TestClient) -> None:
    assert client.get("/health", headers={"X-Request-ID": "abc"}).headers["X-Request-ID"] == "abc"
    assert len(client.get("/health").headers["X-Request-ID"]) == 32


def test_security_headers(client: TestClient) -> None:
    headers = client.get("/health").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "max-age" in headers["Strict-Transport-Security"]


def test_requests_are_measured(client: TestClient, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[dict[str, str | int]] = []

    class Histogram:
        def record(self, seconds: float, labels: dict[str, str | int]) -> None:
            measured.append(labels)

    monkeypatch.setattr("app.core.middleware.duration", Histogram())
    client.get("/health")
    client.get(f"/v1/books/{book.id}")
    assert [labels["handler"] for labels in measured] == ["read_health", "read_book"]
    assert {labels["http.response.status_code"] for labels in measured} == {200}


def test_unexpected_errors_say_nothing(app: FastAPI, client: TestClient) -> None:
    del app.state.limiter
    answer = client.post("/v1/auth/token", data={"username": "a", "password": "b"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "limiter" not in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example"])
def test_cors_is_closed(client: TestClient, origin: str) -> None:
    answer = client.get("/health", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers
