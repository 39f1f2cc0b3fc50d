"""SQLModel: its session, its relationships."""

from sqlalchemy.orm import selectinload
from sqlmodel import Field, Relationship, Session, SQLModel, select


class Squad(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    heroes: list["Hero"] = Relationship(back_populates="squad")


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    squad_id: int | None = Field(default=None, foreign_key="squad.id")
    squad: Squad | None = Relationship(back_populates="heroes")


def fill(session: Session, n: int) -> None:
    session.add_all(Hero(name=f"hero {i}", squad=Squad(name=f"squad {i}")) for i in range(n))


def lazy(session: Session) -> list[str]:
    return [hero.squad.name for hero in session.exec(select(Hero)).all() if hero.squad]  # grows: LC602


def eager(session: Session) -> list[str]:
    squads = session.exec(select(Squad).options(selectinload(Squad.heroes))).all()
    return [hero.name for squad in squads for hero in squad.heroes]


def asked(session: Session) -> list[str]:
    out = []
    for squad in session.exec(select(Squad)).all():
        heroes = session.exec(select(Hero).where(Hero.squad_id == squad.id)).all()  # grows: LC601
        out += [hero.name for hero in heroes]
    return out


def run(session: Session) -> None:
    for work in (lazy, eager, asked):
        work(session)
        session.expunge_all()
