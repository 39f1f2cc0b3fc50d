"""Settings classes: which variables fill their fields."""

from __future__ import annotations

import pytest

from layercheck.queries.settings_fields import settings_fields
from support import project_of

HEAD = """
from typing import Annotated, ClassVar, Optional
from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "APP_"

class Database(BaseModel):
    url: str
    pool: int = 5

class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BASE_")
    debug: bool = False
"""


def variables(text: str) -> list[tuple[str, tuple[str, ...], bool]]:
    project = project_of({"app/__init__.py": "", "app/settings.py": HEAD + text})
    return [(f.name, f.variables, f.required) for f in settings_fields(project, "app/settings.py:Settings")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "class Settings(BaseSettings):\n    url: str\n    token: SecretStr = Field(...)\n    level: str = 'info'\n    kinds: ClassVar[int] = 1\n",
            [("url", ("URL",), True), ("token", ("TOKEN",), True), ("level", ("LEVEL",), False)],
        ),
        (
            "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=PREFIX)\n    url: str\n    name: str = Field(alias='WHO')\n",
            [("url", ("APP_URL",), True), ("name", ("WHO",), True)],
        ),
        (
            "class Settings(BaseSettings):\n    class Config:\n        env_prefix = 'old_'\n    url: Optional[str] = None\n    key: str = Field(None, env=['KEY', 'API_KEY'])\n",
            [("url", ("OLD_URL",), False), ("key", ("KEY", "API_KEY"), False)],
        ),
        (
            "class Settings(BaseSettings):\n    model_config = {'env_prefix': 'x_', 'case_sensitive': True}\n    url: str\n",
            [("url", ("x_url",), True)],
        ),
        (
            "class Settings(BaseSettings):\n    key: Annotated[str, Field(validation_alias=AliasChoices('A', 'B'))] = 'x'\n    made: list[str] = Field(default_factory=list)\n",
            [("key", ("A", "B"), False), ("made", ("MADE",), False)],
        ),
        (
            "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='S_', env_nested_delimiter='__')\n    db: Database\n",
            [("db.url", ("S_DB__URL",), True), ("db.pool", ("S_DB__POOL",), False)],
        ),
        (
            "class Settings(BaseSettings):\n    db: Database = Database(url='x')\n",
            [("db", ("DB",), False)],
        ),
        (
            "class Settings(Base):\n    url: str\n",
            [("url", ("BASE_URL",), True), ("debug", ("BASE_DEBUG",), False)],
        ),
        (
            "class Part(BaseSettings, env_prefix='PART_'):\n    host: str\n\nclass Settings(BaseSettings):\n    part: Part = Part()\n",
            [("part.host", ("PART_HOST",), True)],
        ),
    ],
)
def test_which_variables_fill_the_fields(text: str, expected: list[tuple[str, tuple[str, ...], bool]]) -> None:
    assert variables(text) == expected
