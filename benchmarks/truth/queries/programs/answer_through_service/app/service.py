"""Reads books."""

from typing import Annotated

from database import AsyncSessionDep
from fastapi import Depends
from library import Book
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload


class BookService:
    """Reads books."""

    def __init__(self, session: AsyncSessionDep) -> None:
        self.session = session

    def statement(self) -> Select[tuple[Book]]:
        """All books, with what every list shows."""
        return select(Book).options(joinedload(Book.author))

    async def listed(self) -> list[Book]:
        """The books of one page."""
        return list((await self.session.scalars(self.statement().limit(100))).all())


Service = Annotated[BookService, Depends(BookService)]
