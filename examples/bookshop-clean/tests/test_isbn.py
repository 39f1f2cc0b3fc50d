"""The ISBN service, behind a mock transport."""

from fastapi.testclient import TestClient


def test_known_edition(client: TestClient, as_staff: dict[str, str]) -> None:
    answer = client.get("/v1/editions/9780441478125", headers=as_staff)
    assert answer.status_code == 200
    assert answer.json()["title"] == "The Left Hand of Darkness"


def test_unknown_edition_and_failing_service(client: TestClient, as_staff: dict[str, str]) -> None:
    assert client.get("/v1/editions/9781111111111", headers=as_staff).status_code == 404
    assert client.get("/v1/editions/9780000000000", headers=as_staff).status_code == 502


def test_refusals(client: TestClient, as_staff: dict[str, str], as_customer: dict[str, str]) -> None:
    assert client.get("/v1/editions/9780441478125").status_code == 401
    assert client.get("/v1/editions/9780441478125", headers=as_customer).status_code == 403
    assert client.get("/v1/editions/..%2F..%2Fadmin", headers=as_staff).status_code in {404, 422}
