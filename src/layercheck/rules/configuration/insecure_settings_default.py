"""Give a secret setting no default.

A settings field with a literal default works without the variable: in production too, where somebody forgot to set it, and where
everybody who can read the repository now knows the key. A missing secret must stop the start-up.

A secret is one by the name of the field, or by the form of its default: `database_url` with a URL that holds a password is one too.

How to fix: remove the default (pydantic then demands the variable), or generate one: `Field(default_factory=...)`.

```python bad app/settings.py
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    secret_key: str = "changethis"
```
```python good app/settings.py
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    secret_key: SecretStr
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.knowledge.credentials import SEALED
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.environment import default_behind, read_variable
from layercheck.queries.models import is_settings
from layercheck.queries.secrets import insecure_default, secret_kind, words
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC206",
    name="insecure-settings-default",
    message="{name} has a default in the code: it ships to production when the variable is missing; remove the default or generate it",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("CONF-2",),
    since="0.1",
)
_TESTS = frozenset({"test", "tests", "testing"})
"""Words in the name of a settings class that is for tests alone."""


def check(cls: Class, project: Project) -> Iterator[Fault]:
    """Each field of a settings class with a literal default that is a secret, by its name or by its form."""
    if not is_settings(project, cls.key) or not _TESTS.isdisjoint(words(cls.name)):
        return
    for field in cls.fields:
        value = default_behind(project, cls.key, field.value)
        literal = value[1] if ir.is_a(value, "const") and value is not None else None
        if isinstance(literal, str) and insecure_default(field.name, literal):
            yield Fault(cls.place(field.at), {"name": field.name})


def _is_secret(text: str) -> bool:
    """Whether a text is the name of a credential, or one."""
    if len(text) < _NAME_LENGTH and secret_kind(text) is not None:
        return True
    return (SEALED in text or "@" in text or "=" in text) and insecure_default("", text)


_NAME_LENGTH = 120
"""No name of a variable is longer."""


@only_with(texts=_is_secret)
def check_reads(body: Body, project: Project) -> Iterator[Fault]:
    """Each `os.getenv("SECRET_...", "literal")` and its kin, outside the fields reported above."""
    if project.get(Class, body.key) is not None and is_settings(project, body.key):
        return
    for call in body.calls:
        read = read_variable(project, body.key, call.call)
        if read is None:
            continue
        name, value = read
        literal = value[1] if ir.is_a(value, "const") and value is not None else None
        if isinstance(literal, str) and insecure_default(name, literal):
            yield Fault(body.place(call.at), {"name": name})
