"""A shop with a database of its own for every test, and people to use it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy.orm import Session

from app.clients.isbn import IsbnClient
from app.core.config import Settings
from app.core.security import Passwords, Tokens
from app.main import create_app
from app.models import Author, Base, Book, Customer, Role

PASSWORD = "correct horse battery"


def isbn_service(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/isbn/9780441478125.json":
        return httpx.Response(200, json={"title": "The Left Hand of Darkness", "publish_date": "1969"})
    if request.url.path == "/isbn/9780000000000.json":
        return httpx.Response(503)
    return httpx.Response(404)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'test.db'}",
        async_database_url=f"sqlite+aiosqlite:///{tmp_path / 'test.db'}",
        jwt_secret=SecretStr("k" * 40),
        isbn_api_url="https://isbn.invalid",
        cover_directory=tmp_path / "covers",
    )


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        Base.metadata.create_all(app.state.database.engine)
        transport = httpx.MockTransport(isbn_service)
        app.state.isbn_client = IsbnClient(httpx.AsyncClient(transport=transport, base_url="https://isbn.invalid"))
        yield client


@pytest.fixture
def session(client: TestClient, app: FastAPI) -> Iterator[Session]:
    with app.state.database.sessions() as session:
        yield session


def person(session: Session, email: str, role: Role) -> Customer:
    customer = Customer(email=email, full_name="Test Person", hashed_password=Passwords().hash(PASSWORD), role=role)
    session.add(customer)
    session.commit()
    return customer


@pytest.fixture
def customer(session: Session) -> Customer:
    return person(session, "ada@example.org", Role.CUSTOMER)


@pytest.fixture
def as_customer(customer: Customer, settings: Settings) -> dict[str, str]:
    return {"Authorization": f"Bearer {Tokens(settings).issue(customer.id)}"}


@pytest.fixture
def as_other(session: Session, settings: Settings) -> dict[str, str]:
    other = person(session, "charles@example.org", Role.CUSTOMER)
    return {"Authorization": f"Bearer {Tokens(settings).issue(other.id)}"}


@pytest.fixture
def as_staff(session: Session, settings: Settings) -> dict[str, str]:
    staff = person(session, "grace@example.org", Role.STAFF)
    return {"Authorization": f"Bearer {Tokens(settings).issue(staff.id)}"}


@pytest.fixture
def author(session: Session) -> Author:
    author = Author(name="Ursula K. Le Guin")
    session.add(author)
    session.commit()
    return author


@pytest.fixture
def book(session: Session, author: Author) -> Book:
    book = Book(isbn="9780441478125", title="The Left Hand of Darkness", author_id=author.id, price_cents=1299, stock=3)
    session.add(book)
    session.commit()
    return book
