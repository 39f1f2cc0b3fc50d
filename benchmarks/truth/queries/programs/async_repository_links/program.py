"""An asynchronous repository with a protocol in front of it."""

from __future__ import annotations

from library import Book
from protocols import Authors
from repository import SqlAuthors
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


class Report:
    def __init__(self, authors: Authors) -> None:
        self.authors = authors

    async def lines(self, keys: list[int]) -> list[str]:
        return [await self.authors.name_of(key) for key in keys]  # grows: LC601


async def run(session: AsyncSession) -> list[str]:
    keys = list(await session.scalars(select(Book.author_id)))
    return await Report(SqlAuthors(session)).lines(keys)
