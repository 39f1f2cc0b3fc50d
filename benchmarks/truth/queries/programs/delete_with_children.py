"""Deleting a row reads its collections, to forget the parent in them; not where the database does that."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Album(Base):
    __tablename__ = "albums"

    id: Mapped[int] = mapped_column(primary_key=True)
    photos: Mapped[list[Photo]] = relationship(cascade="all, delete-orphan")
    labels: Mapped[list[Label]] = relationship(passive_deletes="all")


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
    for album in session.scalars(select(Album)).all():
        session.delete(album)  # grows: LC602
    session.commit()
