"""Authors."""

from fastapi.testclient import TestClient

from app.models import Author, Book


def test_list_authors_with_titles(client: TestClient, book: Book) -> None:
    answer = client.get("/v1/authors")
    assert answer.status_code == 200
    assert answer.json() == [{"id": 1, "name": "Ursula K. Le Guin", "titles": ["The Left Hand of Darkness"]}]


def test_read_names_and_delete(client: TestClient, author: Author, as_staff: dict[str, str]) -> None:
    assert client.get(f"/v1/authors/{author.id}").json()["name"] == author.name
    assert client.get("/v1/authors/names").json() == [author.name]
    assert client.delete(f"/v1/authors/{author.id}", headers=as_staff).json() == {"message": "deleted"}
    assert client.get(f"/v1/authors/{author.id}").status_code == 404


def test_only_the_staff_creates(client: TestClient, as_customer: dict[str, str]) -> None:
    assert client.post("/v1/authors", json={"name": "x"}).status_code == 401
    assert client.post("/v1/authors", json={"name": "x"}, headers=as_customer).status_code == 403
