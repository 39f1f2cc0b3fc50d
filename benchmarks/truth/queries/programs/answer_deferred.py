"""The response model names a deferred column."""

from __future__ import annotations

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, undefer


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True)


class LetterOut(BaseModel):
    id: int
    text: str


class LetterHead(BaseModel):
    id: int
    subject: str


app = FastAPI()


@app.get("/heads", response_model=list[LetterHead])
def heads(session: SessionDep):
    return session.scalars(select(Letter)).all()


@app.get("/whole", response_model=list[LetterOut])
def whole(session: SessionDep):
    return session.scalars(select(Letter).options(undefer(Letter.text))).all()


@app.get("/letters", response_model=list[LetterOut])
def letters(session: SessionDep):  # grows: LC602 in the answer
    return session.scalars(select(Letter)).all()


def fill(session: Session, n: int) -> None:
    session.add_all(Letter(subject=f"{i}", text=f"letter {i}") for i in range(n))


def run(client: TestClient) -> None:
    for path in ("/heads", "/whole", "/letters"):
        assert client.get(path).status_code == 200
