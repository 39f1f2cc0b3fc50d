"""Orders and the stock."""

from fastapi.testclient import TestClient

from app.models import Book


def test_place_read_and_cancel(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    placed = client.post("/v1/orders", json={"lines": [{"book_id": book.id, "quantity": 2}]}, headers=as_customer)
    assert placed.status_code == 201
    assert placed.json()["lines"] == [{"book_id": book.id, "quantity": 2, "unit_price_cents": 1299}]
    assert client.get(f"/v1/books/{book.id}").json()["stock"] == 1
    assert client.get("/v1/books/best-sellers").json()[0]["quantity"] == 2

    path = f"/v1/orders/{placed.json()['id']}"
    assert client.get(path, headers=as_customer).status_code == 200
    assert len(client.get("/v1/orders", headers=as_customer).json()) == 1

    cancelled = client.post(f"{path}/cancellation", headers=as_customer)
    assert cancelled.json()["status"] == "cancelled"
    assert client.get(f"/v1/books/{book.id}").json()["stock"] == 3
    assert client.post(f"{path}/cancellation", headers=as_customer).status_code == 409


def test_place_takes_all_or_nothing(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    lines = [{"book_id": book.id, "quantity": 1}, {"book_id": 99, "quantity": 1}]
    assert client.post("/v1/orders", json={"lines": lines}, headers=as_customer).status_code == 404
    assert client.get(f"/v1/books/{book.id}").json()["stock"] == 3


def test_place_refuses_more_than_there_is(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    lines = [{"book_id": book.id, "quantity": 2}, {"book_id": book.id, "quantity": 2}]
    assert client.post("/v1/orders", json={"lines": lines}, headers=as_customer).status_code == 409


def test_place_refuses_an_empty_order(client: TestClient, as_customer: dict[str, str]) -> None:
    assert client.post("/v1/orders", json={"lines": []}, headers=as_customer).status_code == 422


def test_orders_are_private(
    client: TestClient, book: Book, as_customer: dict[str, str], as_other: dict[str, str]
) -> None:
    placed = client.post("/v1/orders", json={"lines": [{"book_id": book.id, "quantity": 1}]}, headers=as_customer)
    path = f"/v1/orders/{placed.json()['id']}"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=as_other).status_code == 403
    assert client.post(f"{path}/cancellation", headers=as_other).status_code == 403
    assert client.get("/v1/orders/99", headers=as_customer).status_code == 404
    assert client.get("/v1/orders").status_code == 401
    assert client.post("/v1/orders", json={"lines": []}).status_code == 401
