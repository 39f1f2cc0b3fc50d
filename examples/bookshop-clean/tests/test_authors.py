"""Authors."""

from fastapi.testclient import TestClient

from app.models import Author, Book


def test_list_authors_with_titles(client: TestClient, book: Book) -> None:
    answer = client.get("/v1/authors")
    assert answer.status_code == 200
    assert answer.json() == [{"id": 1, "name": "Ursula K. Le Guin", "titles": ["The Left Hand of Darkness"]}]


def test_create_and_rename(client: TestClient, as_staff: dict[str, str]) -> None:
    created = client.post("/v1/authors", json={"name": "Octavia Butler"}, headers=as_staff)
    assert created.status_code == 201
    path = f"/v1/authors/{created.json()['id']}"
    renamed = client.put(path, json={"name": "Octavia E. Butler"}, headers=as_staff)
    assert renamed.json()["name"] == "Octavia E. Butler"


def test_only_the_staff_writes(client: TestClient, author: Author, as_customer: dict[str, str]) -> None:
    assert client.post("/v1/authors", json={"name": "x"}).status_code == 401
    assert client.post("/v1/authors", json={"name": "x"}, headers=as_customer).status_code == 403
    assert client.put(f"/v1/authors/{author.id}", json={"name": "x"}, headers=as_customer).status_code == 403


def test_rename_of_nobody(client: TestClient, as_staff: dict[str, str]) -> None:
    assert client.put("/v1/authors/99", json={"name": "x"}, headers=as_staff).status_code == 404
