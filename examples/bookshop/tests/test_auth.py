"""Signing in."""

import time

from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.security import Tokens
from app.models import Customer

from .conftest import PASSWORD


def test_sign_in(client: TestClient, customer: Customer) -> None:
    answer = client.post("/v1/auth/token", data={"username": customer.email, "password": PASSWORD})
    assert answer.status_code == 200


def test_sign_in_refuses_a_wrong_password(client: TestClient, customer: Customer) -> None:
    answer = client.post("/v1/auth/token", data={"username": customer.email, "password": "wrong"})
    assert answer.status_code == 401


def test_tokens_differ(settings: Settings) -> None:
    first = Tokens(settings).issue(7)
    time.sleep(1.1)  # later fault: LC805
    assert Tokens(settings).issue(7) != first
