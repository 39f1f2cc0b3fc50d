"""The application factory: `uvicorn --factory app.main:create_app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api import errors
from app.api.router import router
from app.api.routes import health, reports
from app.core.config import Settings, get_settings
from app.core.database import Database
from app.core.logging import configure_logging
from app.core.middleware import RequestIdMiddleware, SecurityHeadersMiddleware
from app.core.rate_limit import RateLimiter
from app.models import Base

SEARCH_URL = "http://search.staging.bookshop.invalid:9200"  # fault: LC207


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the pools of connections before the first request and close them after the last."""
    database = Database(app.state.settings)
    Base.metadata.create_all(database.engine)  # fault: LC613
    app.state.database = database
    app.state.limiter = RateLimiter()
    yield
    await database.close()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The shop, with the settings of the process or those handed in."""
    settings = settings or get_settings()
    configure_logging(settings.log_level)
    app = FastAPI(title="Bookshop", version="0.4.0", lifespan=lifespan, debug=True)  # later fault: LC707
    app.state.settings = settings
    app.state.search_url = SEARCH_URL
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # later fault: LC705
    app.add_middleware(RequestIdMiddleware)
    errors.install(app)
    app.include_router(health.router)
    app.include_router(router)
    app.include_router(reports.router)
    return app
