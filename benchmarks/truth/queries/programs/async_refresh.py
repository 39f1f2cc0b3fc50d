"""A relationship is fetched by hand, row by row, since it cannot be read over an asynchronous session."""

from library import Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


async def run(session: AsyncSession) -> list[str]:
    out = []
    for book in (await session.scalars(select(Book))).all():
        await session.refresh(book, attribute_names=["author"])  # grows: LC601
        out.append(book.author.name)
    return out
