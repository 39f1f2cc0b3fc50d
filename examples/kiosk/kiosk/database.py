"""The engine, made once, and a session for each request."""

from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from kiosk.config import DATABASE_URL

engine = create_engine(DATABASE_URL, pool_pre_ping=True, pool_recycle=1800)
sessions = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """Base of the tables."""


def get_session() -> Iterator[Session]:
    """A session for one request; what was not committed is rolled back."""
    with sessions() as session:
        yield session
