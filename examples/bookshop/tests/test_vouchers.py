"""Gift vouchers."""

from fastapi.testclient import TestClient


def test_sell_and_read(client: TestClient, as_staff: dict[str, str]) -> None:
    sold = client.post("/v1/voucher", json={"code": "SPRING-7", "cents": 2500}, headers=as_staff)
    assert sold.status_code == 201
    assert client.get(f"/v1/voucher/{sold.json()['id']}", headers=as_staff).json()["cents"] == 2500
    assert client.get("/v1/voucher/redeemed_ones", headers=as_staff).json() == []
