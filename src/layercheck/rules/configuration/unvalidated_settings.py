"""Validate the settings once, at start-up.

Scattered `os.getenv` calls give strings or None: a missing variable or a port that is no number shows up in the middle of a request,
on the one path that needs it.

How to fix: one class with typed fields, `class Settings(BaseSettings)`; pydantic then reads, converts and checks all of them at start
and says in one message what is missing.

Reported once, at the module with the most reads, when the application (scripts, tests and migrations do not count) reads more than two
variables and nowhere a validated settings class: `BaseSettings`, a pydantic model in a settings module, environs, dynaconf, msgspec,
cattrs. Beyond the catalogue, starlette's `Config` and python-decouple count too: they convert and demand. Variables of the machine, its
platform and of SDKs do not count as reads.

```python bad app/database.py
import os

HOST = os.getenv("DB_HOST")
PORT = int(os.getenv("DB_PORT", "5432"))
NAME = os.environ["DB_NAME"]
```
```python good app/database.py
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    db_host: str
    db_port: int = 5432
    db_name: str


settings = Settings()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Place, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.settings import reading_modules, validates_settings

RULE = Rule(
    code="LC208",
    name="unvalidated-settings",
    message="{count} reads of the environment in the project and no validated settings class: collect them in a BaseSettings class",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("CONF-1",),
    since="0.1",
)
_FEW = 2


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The module that reads most, when nothing validates what is read."""
    path, key, at, count = _reads_most(project)
    if path == module.path and not validates_settings(project):
        yield Fault(Place("Body", key, at), {"count": count})


@query
def _reads_most(project: Project) -> tuple[str, str, int, int]:
    """(file, body and ordinal of its first read, all reads of the project) of the module that reads most; "" where few are read."""
    modules = reading_modules(project)
    count = sum(len(entries) for _, entries in modules)
    if count <= _FEW:
        return "", "", 0, count
    path, entries = max(modules, key=lambda entry: len(entry[1]))
    return path, *entries[0][:2], count
