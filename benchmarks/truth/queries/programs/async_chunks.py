"""Ten keys at a time, asynchronously, through a function that gives the slices."""

from collections.abc import Iterable, Sequence
from itertools import islice

from library import Book
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


def tens(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + 10] for start in range(0, len(keys), 10)]


def any_tens(keys: Iterable[int]):
    rest = iter(keys)
    while some := list(islice(rest, 10)):
        yield some


async def run(session: AsyncSession) -> int:
    keys = (await session.scalars(select(Book.id))).all()
    count = 0
    for some in tens(keys):
        count += len((await session.scalars(select(Book).where(Book.id.in_(some)))).all())
    for some in any_tens(keys):
        count += len((await session.scalars(select(Book).where(Book.id.in_(some)))).all())
    return count
