"""Tasks in a list, taken as they end."""

import asyncio

from library import Author
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def run(maker: async_sessionmaker[AsyncSession]) -> list[str]:
    async def one(key: int) -> str:
        async with maker() as session:
            return (await session.scalars(select(Author.name).where(Author.id == key))).one()

    async with maker() as session:
        keys = (await session.scalars(select(Author.id))).all()
    tasks = [asyncio.create_task(one(key)) for key in keys]  # grows: LC601
    return [await task for task in asyncio.as_completed(tasks)]
