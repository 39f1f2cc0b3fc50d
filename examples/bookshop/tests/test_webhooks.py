"""What the wholesaler tells."""

from fastapi.testclient import TestClient


def test_deliveries_need_the_token(client: TestClient) -> None:
    delivery = {"supplier_id": 7, "quantity": 3}
    path = "/v1/webhooks/deliveries"
    assert client.post(path, json=delivery).status_code == 401
    assert client.post(path, json=delivery, headers={"Authorization": "Bearer letmein"}).status_code == 404
