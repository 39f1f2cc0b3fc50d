"""Everything that the loops read was loaded with the rows."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload


async def run(session: AsyncSession) -> list[str]:
    books = await session.scalars(select(Book).options(joinedload(Book.author)))
    out = [book.author.name for book in books]
    result = await session.execute(select(Author).options(selectinload(Author.books).selectinload(Book.copies)))
    for author in result.scalars().all():
        for book in author.books:
            out += [copy.shelf for copy in book.copies]
    return out
