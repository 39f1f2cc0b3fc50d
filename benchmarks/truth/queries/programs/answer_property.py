"""A field of the schema reads a property of the table, which reads a relationship."""

from __future__ import annotations

from collections.abc import Sequence

from database import SessionDep
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

app = FastAPI()


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    boxes: Mapped[list[Box]] = relationship()

    @property
    def size(self) -> int:
        return len(self.boxes)


class Box(Base):
    __tablename__ = "boxes"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Shelf(boxes=[Box()]) for _ in range(n))


class ShelfLine(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    size: int


@app.get("/shelves", response_model=list[ShelfLine])
def shelves(session: SessionDep) -> Sequence[Shelf]:  # grows: LC602 in the answer
    return session.scalars(select(Shelf)).all()


def run(client: TestClient) -> None:
    client.get("/shelves").raise_for_status()
