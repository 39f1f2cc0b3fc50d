"""Suppliers."""

from fastapi.testclient import TestClient


def test_unknown_supplier(client: TestClient, as_staff: dict[str, str]) -> None:
    delivery = {"supplier_id": 7, "quantity": 3}
    assert client.post("/v1/suppliers/deliveries", json=delivery, headers=as_staff).status_code == 404
    assert client.post("/v1/suppliers/deliveries", json=delivery).status_code == 401
