"""Coroutines that each open a session are gathered: many at once, as many as there are rows."""

import asyncio

from library import Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def title(sessions: async_sessionmaker[AsyncSession], key: int) -> str:
    async with sessions() as session:
        return (await session.scalars(select(Book.title).where(Book.id == key))).one()


async def run(sessions: async_sessionmaker[AsyncSession]) -> list[str]:
    async with sessions() as session:
        keys = (await session.scalars(select(Book.id))).all()
    return await asyncio.gather(*(title(sessions, key) for key in keys))  # grows: LC601
