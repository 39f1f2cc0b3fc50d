"""A task for each row."""

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
    tasks = []
    async with asyncio.TaskGroup() as group:
        for key in keys:
            tasks.append(group.create_task(title(sessions, key)))  # grows: LC601
    return [task.result() for task in tasks]
