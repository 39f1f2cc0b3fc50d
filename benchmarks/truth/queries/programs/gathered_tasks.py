"""Coroutines are collected first."""

import asyncio

from library import Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


async def pages(maker: async_sessionmaker[AsyncSession], key: int) -> int:
    async with maker() as session:
        return (await session.scalars(select(Book.pages).where(Book.id == key))).one()


async def run(maker: async_sessionmaker[AsyncSession]) -> int:
    async with maker() as session:
        keys = (await session.scalars(select(Book.id))).all()
    waiting = []
    for key in keys:
        waiting.append(pages(maker, key))  # grows: LC601
    return sum(await asyncio.gather(*waiting))
