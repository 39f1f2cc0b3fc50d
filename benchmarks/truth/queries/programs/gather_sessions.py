"""A session for each key, all at once: the connections are many, and so are the statements."""

import asyncio

from library import Author
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def name(maker: async_sessionmaker[AsyncSession], key: int) -> str:
    async with maker() as session:
        return (await session.scalars(select(Author.name).where(Author.id == key))).one()


async def run(maker: async_sessionmaker[AsyncSession]) -> list[str]:
    async with maker() as session:
        keys = (await session.scalars(select(Author.id))).all()
    return await asyncio.gather(*(name(maker, key) for key in keys))  # grows: LC601
