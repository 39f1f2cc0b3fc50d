"""A row is fetched by its key, in an asynchronous comprehension."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def run(session: AsyncSession) -> list[str]:
    keys = (await session.scalars(select(Book.author_id))).all()
    authors = [await session.get_one(Author, key) for key in keys]  # grows: LC601
    return [author.name for author in authors]
