"""Functions are handed over with their arguments: to threads, to a task group."""

import asyncio

import anyio
from library import Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def show(sessions: async_sessionmaker[AsyncSession], key: int) -> None:
    async with sessions() as session:
        await session.scalars(select(Book.title).where(Book.id == key))


async def run(sessions: async_sessionmaker[AsyncSession]) -> None:
    async with sessions() as session:
        keys = (await session.scalars(select(Book.id))).all()
    async with anyio.create_task_group() as group:
        for key in keys:
            group.start_soon(show, sessions, key)  # grows: LC601
    await asyncio.gather(*[asyncio.create_task(show(sessions, key)) for key in keys])  # grows: LC601
