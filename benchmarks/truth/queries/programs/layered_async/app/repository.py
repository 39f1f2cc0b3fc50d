"""Reads books, asynchronously."""

from collections.abc import Sequence
from typing import Annotated, Protocol

from database import AsyncSessionDep
from fastapi import Depends
from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import selectinload


class Repository(Protocol):
    """What the service needs."""

    async def books(self) -> Sequence[Book]:
        """All books."""
        ...

    async def author(self, key: int) -> Author | None:
        """One author."""
        ...


class SqlRepository:
    """The repository on the database."""

    def __init__(self, session: AsyncSessionDep) -> None:
        self._session = session

    async def books(self) -> Sequence[Book]:
        """All books with their copies."""
        return (await self._session.scalars(select(Book).options(selectinload(Book.copies)))).all()

    async def author(self, key: int) -> Author | None:
        """One author."""
        return await self._session.get(Author, key)


def get_repository(session: AsyncSessionDep) -> Repository:
    """The repository of this request."""
    return SqlRepository(session)


RepositoryDep = Annotated[Repository, Depends(get_repository)]
