"""`map` makes the coroutines, `gather` runs them."""

import asyncio

from library import Author
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


class Names:
    def __init__(self, maker: async_sessionmaker[AsyncSession]) -> None:
        self.maker = maker

    async def one(self, key: int) -> str:
        async with self.maker() as session:
            return (await session.scalars(select(Author.name).where(Author.id == key))).one()


async def run(maker: async_sessionmaker[AsyncSession]) -> list[str]:
    names = Names(maker)
    async with maker() as session:
        keys = (await session.scalars(select(Author.id))).all()
    return await asyncio.gather(*map(names.one, keys))  # grows: LC601
