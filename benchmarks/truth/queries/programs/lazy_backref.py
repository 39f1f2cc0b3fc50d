"""The collection exists only because the other side names it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, backref, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Room(Base):
    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)


class Lamp(Base):
    __tablename__ = "lamps"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    room: Mapped[Room] = relationship(backref="lamps")


class Chair(Base):
    __tablename__ = "chairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    room: Mapped[Room] = relationship(backref=backref("chairs", lazy="selectin"))


def fill(session: Session, n: int) -> None:
    for _ in range(n):
        room = Room()
        session.add_all([room, Lamp(room=room), Chair(room=room)])


def run(session: Session) -> int:
    count = 0
    for room in session.scalars(select(Room)):
        count += len(room.lamps)  # grows: LC602
        count += len(room.chairs)
    return count
