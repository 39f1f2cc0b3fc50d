"""Rows are streamed; each asks for one more."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def run(session: AsyncSession) -> int:
    pages = 0
    async for book in await session.stream_scalars(select(Book)):
        pages += book.pages
    stream = await session.stream(select(Book.author_id))
    async for (key,) in stream:
        pages += len(await session.scalar(select(Author.name).where(Author.id == key)) or "")  # grows: LC601
    return pages
