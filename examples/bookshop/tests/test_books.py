"""The catalogue."""

from fastapi.testclient import TestClient

from app.models import Author, Book

NEW = {"isbn": "9780316769488", "title": "The Dispossessed", "author_id": 1, "price_cents": 999, "stock": 5}


def test_create_read_update_delete(client: TestClient, author: Author, as_staff: dict[str, str]) -> None:
    created = client.post("/v1/books", json=NEW, headers=as_staff)
    assert created.status_code == 201
    path = f"/v1/books/{created.json()['id']}"
    assert client.get(path).json()["author"]["name"] == author.name
    changed = client.put(path, json={"title": "The Dispossessed", "price_cents": 899, "stock": 4}, headers=as_staff)
    assert changed.json()["price_cents"] == 899
    assert client.delete(path, headers=as_staff).status_code == 204
    assert client.get(path).status_code == 404


def test_list_is_searched(client: TestClient, book: Book) -> None:
    assert [found["title"] for found in client.get("/v1/books", params={"title": "Left"}).json()] == [book.title]


def test_only_the_staff_writes(client: TestClient, book: Book) -> None:
    assert client.post("/v1/books", json=NEW).status_code == 401
    assert client.delete(f"/v1/books/{book.id}").status_code == 401
