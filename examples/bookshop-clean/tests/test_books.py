"""The catalogue."""

import pytest
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


def test_create_refuses_a_known_isbn_and_an_unknown_author(
    client: TestClient, book: Book, as_staff: dict[str, str]
) -> None:
    assert client.post("/v1/books", json={**NEW, "isbn": book.isbn}, headers=as_staff).status_code == 409
    assert client.post("/v1/books", json={**NEW, "author_id": 99}, headers=as_staff).status_code == 404


@pytest.mark.parametrize("wrong", [{"isbn": "1"}, {"price_cents": 0}, {"stock": -1}, {"title": ""}])
def test_create_refuses(client: TestClient, author: Author, as_staff: dict[str, str], wrong: dict[str, object]) -> None:
    assert client.post("/v1/books", json={**NEW, **wrong}, headers=as_staff).status_code == 422


def test_only_the_staff_writes(client: TestClient, book: Book, as_customer: dict[str, str]) -> None:
    path = f"/v1/books/{book.id}"
    assert client.post("/v1/books", json=NEW).status_code == 401
    assert client.post("/v1/books", json=NEW, headers=as_customer).status_code == 403
    assert client.put(path, json={"title": "x", "price_cents": 1, "stock": 1}, headers=as_customer).status_code == 403
    assert client.delete(path, headers=as_customer).status_code == 403


def test_list_is_paged_and_searched(client: TestClient, book: Book) -> None:
    assert [found["title"] for found in client.get("/v1/books", params={"title": "left hand"}).json()] == [book.title]
    assert client.get("/v1/books", params={"title": "%"}).json() == []
    assert client.get("/v1/books", params={"offset": 1}).json() == []
    assert client.get("/v1/books", params={"limit": 101}).status_code == 422


def test_cover(client: TestClient, book: Book, as_staff: dict[str, str]) -> None:
    path = f"/v1/books/{book.id}/cover"
    answer = client.put(path, files={"cover": ("../../x.png", b"png", "image/png")}, headers=as_staff)
    assert answer.status_code == 200
    assert answer.json()["cover_name"].endswith(".png")
    assert "x" not in answer.json()["cover_name"]


def test_cover_refuses_other_types_and_large_files(client: TestClient, book: Book, as_staff: dict[str, str]) -> None:
    path = f"/v1/books/{book.id}/cover"
    script = client.put(path, files={"cover": ("x.html", b"<script>", "text/html")}, headers=as_staff)
    large = client.put(path, files={"cover": ("x.png", b"0" * 2_000_001, "image/png")}, headers=as_staff)
    assert script.status_code == 422
    assert large.status_code == 422


def test_cover_needs_the_staff(client: TestClient, book: Book) -> None:
    assert client.put(f"/v1/books/{book.id}/cover", files={"cover": ("x.png", b"png", "image/png")}).status_code == 401
