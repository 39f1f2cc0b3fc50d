"""A semaphore around each."""

import asyncio

from library import Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def run(maker: async_sessionmaker[AsyncSession]) -> int:
    limit = asyncio.Semaphore(2)

    async def pages(key: int) -> int:
        async with limit, maker() as session:
            return (await session.scalars(select(Book.pages).where(Book.id == key))).one()

    async with maker() as session:
        keys = (await session.scalars(select(Book.id))).all()
    return sum(await asyncio.gather(*[pages(key) for key in keys]))  # grows: LC601
