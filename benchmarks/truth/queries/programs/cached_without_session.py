"""A cached function opens a session of its own, and knows the answers from the second round on."""

from functools import lru_cache

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session

_sessions: list[Session] = []


@lru_cache
def writer_count(kind: str) -> int:
    return len(_sessions[0].scalars(select(Author.id)).all())


def run(session: Session) -> int:
    _sessions.append(session)
    return sum(writer_count("all") for _ in session.scalars(select(Book.id)).all())
