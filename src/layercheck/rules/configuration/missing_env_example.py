"""Commit an example of the environment that the application wants.

Without a `.env.example` a new colleague, and every new deployment, learns the names of the variables one start-up failure at a time.

How to fix: commit a `.env.example` with every variable and a harmless or empty value, at the root of the project or beside the
settings.

Reported once, at the first settings class, or, without one, at the first read of the environment outside scripts. Spared are projects
without environment configuration, and, beyond the catalogue, those with any example file between the root and the settings or below
them, settings classes without a field, and projects of at most two reads of variables and no settings class.

```python bad app/settings.py
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
```
```env good .env.example
DATABASE_URL=postgresql+psycopg://shop@localhost/shop
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.env_files import env_samples
from layercheck.queries.settings import first_configuration

RULE = Rule(
    code="LC209",
    name="missing-env-example",
    message="{what} and no .env.example says which variables there are: commit one with every name",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("CONF-5",),
    since="0.1",
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The first settings class or read of the project, when no example file is there."""
    first = first_configuration(project)
    if first is None or first.path != module.path or env_samples(project):
        return
    yield Fault(first.place, {"what": first.text})
