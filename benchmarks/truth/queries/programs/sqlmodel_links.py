"""Many to many with columns on the link, of SQLModel."""

from sqlmodel import Field, Relationship, Session, SQLModel, select


class Membership(SQLModel, table=True):
    team_id: int = Field(foreign_key="team.id", primary_key=True)
    hero_id: int = Field(foreign_key="hero.id", primary_key=True)
    trained: bool = False
    team: "Team" = Relationship(back_populates="memberships")
    hero: "Hero" = Relationship(back_populates="memberships")


class Team(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    memberships: list[Membership] = Relationship(back_populates="team")


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    memberships: list[Membership] = Relationship(back_populates="hero")


def fill(session, n: int) -> None:
    for i in range(n):
        session.add(Membership(team=Team(name=f"team {i}"), hero=Hero(name=f"hero {i}")))


def run(session: Session) -> int:
    total = 0
    for membership in session.exec(select(Membership)).all():
        total += len(membership.team.name)  # grows: LC602
    return total
