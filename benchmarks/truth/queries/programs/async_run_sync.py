"""The synchronous half of the program runs below an asynchronous session, and loads lazily there."""

from library import Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session


def names(session: Session) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book))]  # grows: LC602


async def run(session: AsyncSession) -> list[str]:
    return await session.run_sync(names)
