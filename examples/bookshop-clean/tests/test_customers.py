"""A customer's own account."""

from fastapi.testclient import TestClient


def test_update_me(client: TestClient, as_customer: dict[str, str]) -> None:
    answer = client.patch("/v1/customers/me", json={"full_name": "Ada King"}, headers=as_customer)
    assert answer.status_code == 200
    assert client.get("/v1/customers/me", headers=as_customer).json()["full_name"] == "Ada King"


def test_me_needs_a_token(client: TestClient) -> None:
    assert client.get("/v1/customers/me").status_code == 401
    assert client.patch("/v1/customers/me", json={"full_name": "x"}).status_code == 401
    assert client.get("/v1/customers/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_update_me_refuses_an_empty_name(client: TestClient, as_customer: dict[str, str]) -> None:
    assert client.patch("/v1/customers/me", json={"full_name": ""}, headers=as_customer).status_code == 422
