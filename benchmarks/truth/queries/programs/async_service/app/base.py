"""What all repositories share."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from app.models import Base
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

M = TypeVar("M", bound=Base)


class BaseRepository(Generic[M]):
    """Reads and counts the rows of one table."""

    model: type[M]

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def statement(self) -> Select[Any]:
        """The base of all queries."""
        return select(self.model)

    async def one(self, key: int) -> M | None:
        """A row by its key."""
        return (await self.session.execute(self.statement().where(self.model.id == key))).scalar_one_or_none()

    async def many(self, *conditions: Any) -> Sequence[M]:
        """The rows that fulfil conditions."""
        return (await self.session.execute(self.statement().where(*conditions))).unique().scalars().all()

    async def count(self, *conditions: Any) -> int:
        """How many there are."""
        return await self.session.scalar(select(func.count()).select_from(self.model).where(*conditions)) or 0
