"""The same, opened anew for each row."""

from collections.abc import Iterator
from contextlib import contextmanager

from library import Author
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker


@contextmanager
def scope(maker: sessionmaker) -> Iterator[Session]:
    session = maker()
    try:
        yield session
    finally:
        session.close()


def name(maker: sessionmaker, key: int) -> str:
    with scope(maker) as session:
        return session.get_one(Author, key).name


def run(maker: sessionmaker) -> list[str]:
    with scope(maker) as session:
        keys = list(session.scalars(select(Author.id)))
    return [name(maker, key) for key in keys]  # grows: LC601
