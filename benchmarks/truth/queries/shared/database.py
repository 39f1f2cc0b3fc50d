"""The database of the program that runs, and its sessions."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session


def url() -> str:
    """Where the harness has put the database."""
    return os.environ["DATABASE_URL"]


def get_session() -> Iterator[Session]:
    """A session for one request."""
    engine = create_engine(url())
    with Session(engine) as session:
        yield session
    engine.dispose()


async def get_async_session() -> AsyncIterator[AsyncSession]:
    """The same, asynchronous."""
    engine = create_async_engine(url().replace("sqlite:", "sqlite+aiosqlite:"))
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()


SessionDep = Annotated[Session, Depends(get_session)]
AsyncSessionDep = Annotated[AsyncSession, Depends(get_async_session)]
