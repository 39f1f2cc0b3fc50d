"""Read the environment in the settings module only.

`os.getenv("SMTP_HOST")` in the middle of a service is a setting that nobody can list, that has no type, and that is found missing when
the first mail is sent instead of at start-up. Tests have to patch the process to change it.

How to fix: make it a field of the settings class, and take the settings as an argument or dependency.

Spared: modules that define a `BaseSettings` class or whose name or folder says settings, config, conf or env; classes named
`...Settings` or `...Config`; Alembic's `env.py`, scripts (also any module with a main block that nobody imports), code below `if __name__ == "__main__"`, tests; writes, `load_dotenv()`,
passing the whole environment on, and reads through decouple, environs, dynaconf or starlette's `Config`. Beyond the catalogue, what
the machine, its platform or an SDK defines and not the application (`HOME`, `KUBERNETES_*`, `PYTEST_*`, `XDG_*`, `OTEL_*`, proxies) may
be read anywhere. One statement that asks for a variable and reads it is one finding.

```python bad app/services/mail.py
import os
import smtplib


def connect() -> smtplib.SMTP:
    return smtplib.SMTP(os.environ["SMTP_HOST"], timeout=10)
```
```python good app/settings.py
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    smtp_host: str


settings = Settings()
```
```python good app/services/mail.py
import smtplib

from app.settings import settings


def connect() -> smtplib.SMTP:
    return smtplib.SMTP(settings.smtp_host, timeout=10)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Body
from layercheck.knowledge.environment import MACHINE_PREFIXES, MACHINE_VARIABLES
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project
from layercheck.queries.environment import (
    PRESENCE,
    RAW_NAMES,
    configured_settings_module,
    in_settings_class,
    is_command,
    is_settings_module,
    reads,
    variables_set,
)
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC204",
    name="env-read-outside-settings",
    message="{read} outside the settings module: make {name} a field of the settings class and read it there",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("CONF-1", "DI-2"),
    since="0.1",
    options=(Option("settings-modules", (), "further modules (paths or globs) that may read the environment"),),
)


def _is_ordinary(project: Project, path: str) -> bool:
    """Whether a module is not there to read the environment."""
    return not (
        is_settings_module(project, path)
        or is_command(project, path)
        or configured_settings_module(path, project.settings.option(RULE, "settings-modules"))
    )


@only_in(_is_ordinary)
@only_with(*RAW_NAMES)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each raw read of the environment in a body of a module that is not there for it."""
    found = [read for read in reads(project, body.key) if read.raw]
    if not found or in_settings_class(project, body.key):
        return
    seen: set[tuple[int, str | None]] = set()
    for read in found:
        if (read.statement, read.name) in seen:
            continue  # `os.environ["X"] if "X" in os.environ else ...` is one read
        seen.add((read.statement, read.name))
        if read.name is not None and (read.name in MACHINE_VARIABLES or read.name.startswith(MACHINE_PREFIXES)):
            continue
        if read.text == PRESENCE and read.name in variables_set(project, body.key):
            continue
        yield Fault(body.place(read.at), {"read": read.text, "name": read.name or "it"})
