"""Reviews: the asynchronous part."""

from fastapi.testclient import TestClient

from app.models import Book

PRAISE = {"rating": 5, "text": "Cold, quiet and unforgettable."}


def test_write_and_list(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    path = f"/v1/books/{book.id}/reviews"
    assert client.post(path, json=PRAISE, headers=as_customer).status_code == 201
    assert [review["rating"] for review in client.get(path).json()] == [5]
    assert client.get(f"{path}/authors").json() == ["Test Person"]
    assert client.post(path, json=PRAISE, headers=as_customer).status_code == 409
