"""The settings: read from the environment once, validated, injected everywhere else."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, RedisDsn
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):  # strict fault: LC212
    model_config = SettingsConfigDict(env_prefix="BOOKSHOP_", env_file=".env", env_ignore_empty=True)

    database_url: str
    async_database_url: str
    jwt_secret: str = "changethis-changethis-changethis"  # fault: LC206
    webhook_token: str = Field(default="letmein", max_length=64)  # fault: LC206
    access_token_minutes: int = Field(default=30, gt=0, le=24 * 60)
    isbn_api_url: str  # fault: LC210
    redis_url: RedisDsn | None = None
    cors_origins: list[str] = []
    cover_directory: Path = Path("covers")
    log_level: str = "INFO"


@lru_cache
def get_settings() -> Settings:
    """The settings of the process."""
    return Settings()
