"""Signing up, signing in, and what tokens are worth."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.errors import UnauthorizedError
from app.core.security import Passwords, Tokens
from app.models import Customer

from .conftest import PASSWORD

NEWCOMER = {"email": "mary@example.org", "full_name": "Mary Somerville", "password": PASSWORD}


def test_register_then_sign_in(client: TestClient) -> None:
    created = client.post("/v1/auth/registrations", json=NEWCOMER)
    assert created.status_code == 201
    assert created.json() == {"id": 1, "email": "mary@example.org", "full_name": "Mary Somerville"}

    signed_in = client.post("/v1/auth/token", data={"username": "mary@example.org", "password": PASSWORD})
    assert signed_in.status_code == 200
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    assert client.get("/v1/customers/me", headers=headers).json()["email"] == "mary@example.org"


def test_register_refuses_a_taken_address(client: TestClient, customer: Customer) -> None:
    answer = client.post("/v1/auth/registrations", json={**NEWCOMER, "email": customer.email})
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"


def test_register_refuses_a_short_password_without_repeating_it(client: TestClient) -> None:
    answer = client.post("/v1/auth/registrations", json={**NEWCOMER, "password": "tiny"})
    assert answer.status_code == 422
    assert "tiny" not in answer.text


def test_sign_in_refuses_a_wrong_password(client: TestClient, customer: Customer) -> None:
    answer = client.post("/v1/auth/token", data={"username": customer.email, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_sign_in_is_limited(client: TestClient) -> None:
    form = {"username": "nobody@example.org", "password": "wrong"}
    answers = [client.post("/v1/auth/token", data=form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_tokens_expire(settings: Settings) -> None:
    tokens = Tokens(settings)
    tokens.lifetime = timedelta(seconds=-1)
    with pytest.raises(UnauthorizedError):
        tokens.subject(tokens.issue(7))


def test_passwords_are_hashed() -> None:
    passwords = Passwords()
    hashed = passwords.hash(PASSWORD)
    assert PASSWORD not in hashed
    assert passwords.matches(PASSWORD, hashed)
    assert not passwords.matches("wrong", hashed)
    assert not passwords.matches(PASSWORD, "not a hash")
