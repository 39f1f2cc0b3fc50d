"""The application factory: `uvicorn --factory app.main:create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from redis import Redis

from app.api import errors
from app.api.router import router
from app.api.routes import health
from app.clients.cache import NoBookCache, RedisBookCache
from app.clients.isbn import IsbnClient
from app.core.config import Environment, Settings, get_settings
from app.core.database import Database
from app.core.logging import configure_logging
from app.core.middleware import MetricsMiddleware, RequestIdMiddleware, SecurityHeadersMiddleware
from app.core.rate_limit import MemoryCounters, RateLimiter, RedisCounters


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the pools of connections before the first request and close them after the last."""
    settings: Settings = app.state.settings
    database = Database(settings)
    redis = Redis.from_url(str(settings.redis_url)) if settings.redis_url else None
    async with httpx.AsyncClient(base_url=settings.isbn_api_url, timeout=5) as http:
        app.state.database = database
        app.state.isbn_client = IsbnClient(http)
        app.state.cache = RedisBookCache(redis) if redis else NoBookCache()
        app.state.limiter = RateLimiter(RedisCounters(redis) if redis else MemoryCounters())
        yield
    if redis:
        redis.close()
    await database.close()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The shop, with the settings of the process or those handed in."""
    settings = settings or get_settings()
    configure_logging(settings.log_level)
    app = FastAPI(
        title="Bookshop",
        version="1.0.0",
        description="Catalogue, orders and reviews of an online bookshop.",
        docs_url=None if settings.environment is Environment.PROD else "/docs",
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "X-Request-ID"],
    )
    app.add_middleware(MetricsMiddleware)
    app.add_middleware(RequestIdMiddleware)
    errors.install(app)
    app.include_router(health.router)
    app.include_router(router)
    return app
