"""SQLModel tables with a link table."""

from sqlmodel import Field, Relationship, SQLModel


class Membership(SQLModel, table=True):
    """Who is in which club."""

    club_id: int | None = Field(default=None, foreign_key="club.id", primary_key=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", primary_key=True)


class Club(SQLModel, table=True):
    """A club."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    members: list["Member"] = Relationship(back_populates="clubs", link_model=Membership)
    rooms: list["ClubRoom"] = Relationship(back_populates="club", sa_relationship_kwargs={"lazy": "selectin"})


class Member(SQLModel, table=True):
    """A member of clubs."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    clubs: list[Club] = Relationship(back_populates="members", link_model=Membership)


class ClubRoom(SQLModel, table=True):
    """A room of a club."""

    id: int | None = Field(default=None, primary_key=True)
    number: int
    club_id: int | None = Field(default=None, foreign_key="club.id")
    club: Club | None = Relationship(back_populates="rooms")
