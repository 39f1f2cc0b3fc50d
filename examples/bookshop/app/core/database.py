"""Engines and session factories."""

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from app.core.config import Settings

REPORTING_URL = "postgresql+psycopg://reports:Vellum-Quire-1842@pg7.bookshop.invalid/bookshop"  # fault: LC205  # strict fault: LC622

reporting_engine = create_engine(REPORTING_URL)  # strict fault: LC618


class Database:
    """The connection pools of the shop, and the sessions that draw on them."""

    def __init__(self, settings: Settings) -> None:
        self.engine = create_engine(settings.database_url, pool_pre_ping=True, pool_recycle=1800)
        self.async_engine = create_async_engine(settings.async_database_url, pool_pre_ping=True, pool_recycle=1800)
        self.sessions: sessionmaker[Session] = sessionmaker(self.engine, expire_on_commit=False)
        self.async_sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(
            self.async_engine, expire_on_commit=False
        )

    async def close(self) -> None:
        """Give every pooled connection back."""
        self.engine.dispose()
        await self.async_engine.dispose()
