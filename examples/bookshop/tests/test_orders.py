"""Orders and the stock."""

from fastapi.testclient import TestClient

from app.models import Book


def test_place_and_cancel(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    placed = client.post("/v1/orders", json={"lines": [{"book_id": book.id, "quantity": 2}]}, headers=as_customer)
    assert placed.status_code == 201
    assert client.get(f"/v1/books/{book.id}").json()["stock"] == 1
    path = f"/v1/orders/{placed.json()['id']}"
    assert client.post(f"{path}/cancellation", headers=as_customer).json()["status"] == "cancelled"
    assert client.get(f"/v1/books/{book.id}").json()["stock"] == 3


def test_orders_need_a_token(client: TestClient) -> None:
    assert client.get("/v1/orders").status_code == 401
