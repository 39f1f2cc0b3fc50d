"""A shop with a database of its own for every test, and people to use it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.api.deps import get_cache
from app.core.config import Settings
from app.core.security import Passwords, Tokens
from app.main import create_app
from app.models import Author, Book, Customer, Role

PASSWORD = "correct horse battery"


class NoCache:
    def get(self, book_id: int) -> bytes | None:
        return None

    def put(self, book_id: int, page: bytes) -> None:
        return None

    def drop(self, book_id: int) -> None:
        return None


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BOOKSHOP_MAIL_HOST", "mail.invalid")
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'test.db'}",
        async_database_url=f"sqlite+aiosqlite:///{tmp_path / 'test.db'}",
        isbn_api_url="https://isbn.invalid",
        cover_directory=tmp_path / "covers",
    )


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    app = create_app(settings)
    app.dependency_overrides[get_cache] = NoCache
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
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
