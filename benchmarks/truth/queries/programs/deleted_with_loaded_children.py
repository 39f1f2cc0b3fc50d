"""Deleting asks nothing where the children are loaded, or the database deletes them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Album(Base):
    __tablename__ = "albums"

    id: Mapped[int] = mapped_column(primary_key=True)
    photos: Mapped[list[Photo]] = relationship(cascade="all, delete-orphan")
    labels: Mapped[list[Label]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class Photo(Base):
    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id"))


class Label(Base):
    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("albums.id", ondelete="CASCADE"))


def fill(session: Session, n: int) -> None:
    session.add_all(Album(photos=[Photo()], labels=[Label()]) for _ in range(n))


def run(session: Session) -> None:
    for album in session.scalars(select(Album).options(selectinload(Album.photos))).all():
        session.delete(album)
    session.commit()
