"""What the routes answer."""

from sqlmodel import SQLModel


class MemberPublic(SQLModel):
    """A member."""

    id: int
    name: str


class RoomPublic(SQLModel):
    """A room."""

    number: int


class ClubPublic(SQLModel):
    """A club with its rooms."""

    id: int
    name: str
    rooms: list[RoomPublic] = []


class ClubWithMembers(ClubPublic):
    """A club with its rooms and members."""

    members: list[MemberPublic] = []


class Clubs(SQLModel):
    """Clubs, and how many there are."""

    data: list[ClubWithMembers]
    count: int
