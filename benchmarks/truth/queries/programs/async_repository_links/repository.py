from library import Author
from protocols import Authors
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


class SqlAuthors(Authors):
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def name_of(self, key: int) -> str:
        return (await self.session.scalars(select(Author.name).where(Author.id == key))).one()
