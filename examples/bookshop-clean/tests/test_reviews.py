"""Reviews: the asynchronous part."""

from fastapi.testclient import TestClient

from app.models import Book

PRAISE = {"rating": 5, "text": "Cold, quiet and unforgettable."}


def test_write_and_list(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    path = f"/v1/books/{book.id}/reviews"
    assert client.post(path, json=PRAISE, headers=as_customer).status_code == 201
    listed = client.get(path)
    assert listed.status_code == 200
    assert [review["rating"] for review in listed.json()] == [5]


def test_one_review_a_customer(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    path = f"/v1/books/{book.id}/reviews"
    client.post(path, json=PRAISE, headers=as_customer)
    assert client.post(path, json=PRAISE, headers=as_customer).status_code == 409


def test_refusals(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    path = f"/v1/books/{book.id}/reviews"
    assert client.post(path, json=PRAISE).status_code == 401
    assert client.post(path, json={**PRAISE, "rating": 6}, headers=as_customer).status_code == 422
    assert client.post("/v1/books/99/reviews", json=PRAISE, headers=as_customer).status_code == 404
    assert client.get("/v1/books/99/reviews").status_code == 404
