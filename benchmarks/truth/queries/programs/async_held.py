"""Single related rows over an asynchronous session: they are in it already, so nothing is sent."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def run(session: AsyncSession) -> list[str]:
    authors = (await session.scalars(select(Author))).all()
    books = (await session.scalars(select(Book))).all()
    return [book.author.name for book in books] + [author.name for author in authors]
