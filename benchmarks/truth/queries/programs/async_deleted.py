"""Deleting over an asynchronous session reads too."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Album(Base):
    __tablename__ = "albums"

    id: Mapped[int] = mapped_column(primary_key=True)
    photos: Mapped[list[Photo]] = relationship(cascade="all, delete-orphan")


class Photo(Base):
    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id"))


def fill(session: Session, n: int) -> None:
    session.add_all(Album(photos=[Photo()]) for _ in range(n))


async def run(session: AsyncSession) -> None:
    for album in (await session.scalars(select(Album))).all():
        await session.delete(album)  # grows: LC602
    await session.commit()
