"""Say in the settings which environment this is.

Without a field for it, code that must differ between a laptop, staging and production asks for something else (`if DEBUG`, the name of
the host), and nothing can be strict in production only.

How to fix: `environment: Literal["local", "staging", "production"]` in the settings class.

Reported once, at the first settings class, when no settings class of the project has such a field and no such variable is read
elsewhere. `debug` is not enough; a `production` flag is let pass.

```python bad app/settings.py
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    debug: bool = False
```
```python good app/settings.py
from typing import Literal

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    environment: Literal["local", "staging", "production"] = "local"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Class
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.secrets import words
from layercheck.queries.settings import reading_modules, settings_classes
from layercheck.queries.symbols import mro

RULE = Rule(
    code="LC212",
    name="missing-environment-switch",
    message="{name} has no field that tells development, staging and production apart: add environment",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("CONF-4",),
    since="0.1",
)
_SWITCHES = frozenset({"env", "environment", "production", "stage"})


def check(cls: Class, project: Project) -> Iterator[Fault]:
    """The first settings class of a project without a switch."""
    classes = settings_classes(project)
    if not classes or classes[0] != cls.key or any(_has_switch(project, key) for key in classes):
        return
    if any(_is_switch(name) for _, entries in reading_modules(project) for _, _, name in entries):
        return
    yield Fault(cls.place(), {"name": cls.name})


def _has_switch(project: Project, key: str) -> bool:
    rows = (project.get(Class, base) for base in mro(project, key))
    return any(_is_switch(field.name) for row in rows if row is not None for field in row.fields)


def _is_switch(name: str) -> bool:
    said = words(name)
    return "file" not in said and not _SWITCHES.isdisjoint(said)
