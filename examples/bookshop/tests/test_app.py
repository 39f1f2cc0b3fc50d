"""What holds for every request."""

from fastapi.testclient import TestClient


def test_health(client: TestClient) -> None:  # later fault: LC804
    client.get("/health")


def test_request_id_is_kept(client: TestClient) -> None:
    assert client.get("/health", headers={"X-Request-ID": "abc"}).headers["X-Request-ID"] == "abc"
