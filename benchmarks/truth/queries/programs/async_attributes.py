"""Related rows are awaited, one by one."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    pass


class Crew(Base):
    __tablename__ = "crews"

    id: Mapped[int] = mapped_column(primary_key=True)
    sailors: Mapped[list[Sailor]] = relationship(back_populates="crew")


class Sailor(Base):
    __tablename__ = "sailors"

    id: Mapped[int] = mapped_column(primary_key=True)
    crew_id: Mapped[int] = mapped_column(ForeignKey("crews.id"))
    crew: Mapped[Crew] = relationship(back_populates="sailors")


def fill(session: Session, n: int) -> None:
    session.add_all(Crew(sailors=[Sailor()]) for _ in range(n))


async def one(session: AsyncSession) -> int:
    total = 0
    for sailor in await session.scalars(select(Sailor)):
        crew = await sailor.awaitable_attrs.crew  # grows: LC602
        total += crew.id
    return total


async def many(session: AsyncSession) -> int:
    total = 0
    for crew in (await session.scalars(select(Crew))).all():
        total += len(await crew.awaitable_attrs.sailors)  # grows: LC602
    return total


async def run(session: AsyncSession) -> None:
    await one(session)
    session.expunge_all()
    await many(session)
