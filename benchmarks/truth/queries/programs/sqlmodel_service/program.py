"""A SQLModel application with a link table, in the shape of the full-stack template."""

from app.main import app
from app.tables import Club, ClubRoom, Member
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

__all__ = ["app"]


def fill(session: Session, n: int) -> None:
    session.add_all(
        Club(name=f"club {i}", members=[Member(name=f"member {i}")], rooms=[ClubRoom(number=i)]) for i in range(n)
    )


def run(client: TestClient) -> None:
    for path in ("/clubs", "/with-members", "/page", "/names"):
        client.get(path).raise_for_status()
