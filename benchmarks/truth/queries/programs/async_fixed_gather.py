"""Three questions at once, whatever the tables hold."""

import asyncio

from library import Author, Book, Copy
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def size(sessions: async_sessionmaker[AsyncSession], table: type[Author | Book | Copy]) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def run(sessions: async_sessionmaker[AsyncSession]) -> list[int]:
    return await asyncio.gather(size(sessions, Author), size(sessions, Book), size(sessions, Copy))
