"""A customer's own account."""

from fastapi.testclient import TestClient


def test_update_me(client: TestClient, as_customer: dict[str, str]) -> None:
    answer = client.patch("/v1/customers/me", json={"full_name": "Ada King"}, headers=as_customer)
    assert answer.json()["full_name"] == "Ada King"
    assert client.patch("/v1/customers/me", json={"full_name": "Ada King"}).status_code == 401
