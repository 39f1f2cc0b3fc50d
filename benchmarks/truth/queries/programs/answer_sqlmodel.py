"""SQLModel tables answered with SQLModel schemas."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from database import url
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select

app = FastAPI()


class SquadBase(SQLModel):
    name: str


class Squad(SquadBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    heroes: list["Hero"] = Relationship(back_populates="squad")


class HeroBase(SQLModel):
    name: str
    squad_id: int | None = Field(default=None, foreign_key="squad.id")


class Hero(HeroBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    squad: Squad | None = Relationship(back_populates="heroes")


class SquadPublic(SquadBase):
    id: int


class HeroPublic(HeroBase):
    id: int


class HeroWithSquad(HeroPublic):
    squad: SquadPublic | None = None


def fill(session: Session, n: int) -> None:
    session.add_all(Hero(name=f"hero {i}", squad=Squad(name=f"squad {i}")) for i in range(n))


def get_db() -> Iterator[Session]:
    engine = create_engine(url())
    with Session(engine) as session:
        yield session


Db = Annotated[Session, Depends(get_db)]


@app.get("/heroes", response_model=list[HeroPublic])
def heroes(db: Db) -> Sequence[Hero]:
    return db.exec(select(Hero)).all()


@app.get("/with-squads", response_model=list[HeroWithSquad])
def with_squads(db: Db) -> Sequence[Hero]:  # grows: LC602 in the answer
    return db.exec(select(Hero)).all()


def run(client: TestClient) -> None:
    client.get("/heroes").raise_for_status()
    client.get("/with-squads").raise_for_status()
