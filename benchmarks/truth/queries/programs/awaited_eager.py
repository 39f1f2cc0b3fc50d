"""What is awaited was loaded with the rows: nothing is sent."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Crew(Base):
    __tablename__ = "crews"

    id: Mapped[int] = mapped_column(primary_key=True)
    sailors: Mapped[list[Sailor]] = relationship(back_populates="crew", lazy="selectin")


class Sailor(Base):
    __tablename__ = "sailors"

    id: Mapped[int] = mapped_column(primary_key=True)
    crew_id: Mapped[int] = mapped_column(ForeignKey("crews.id"))
    crew: Mapped[Crew] = relationship(back_populates="sailors")


def fill(session: Session, n: int) -> None:
    session.add_all(Crew(sailors=[Sailor()]) for _ in range(n))


async def run(session: AsyncSession) -> int:
    total = 0
    for crew in await session.scalars(select(Crew)):
        total += len(await crew.awaitable_attrs.sailors)
    session.expunge_all()
    for sailor in await session.scalars(select(Sailor).options(joinedload(Sailor.crew))):
        total += (await sailor.awaitable_attrs.crew).id
    return total
