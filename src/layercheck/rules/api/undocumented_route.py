"""Say what a route does.

The generated OpenAPI page is what clients and coding agents read first. A handler without a docstring, summary or description shows up
there as its function name.

How to fix: one sentence as docstring, or `summary=` in the decorator.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/books")
def list_books() -> list[str]:
    return []
```
```python good app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/books")
def list_books() -> list[str]:
    \"\"\"List the titles of all books, newest first.\"\"\"
    return []
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.handlers import Registration
from layercheck.queries.items import Handler
from layercheck.queries.publicity import is_health, out_of_schema

RULE = Rule(
    code="LC411",
    name="undocumented-route",
    message="{handler} has neither docstring nor summary: say in one sentence what it does, clients read it in the API page",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-9", "DELIV-1"),
    since="0.1",
)


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A handler without docstring whose registrations say nothing either."""
    function = handler.function
    if function.has_doc or not handler.registrations:
        return
    if all("websocket" in r.method or _described(r) or _is_hidden(r) for r in handler.registrations):
        return
    if out_of_schema(project, function.key) or is_health(project, function.key):
        return
    yield Fault(handler.place, {"handler": function.name})


def _is_hidden(registration: Registration) -> bool:
    """A second path that is kept out of the API page: `@router.get("/books/", include_in_schema=False)`."""
    return ir.keyword(registration.call, "include_in_schema") == ("const", False)


def _described(registration: Registration) -> bool:
    given = [ir.keyword(registration.call, name) for name in ("summary", "description")]
    starred = any(name is None for name, _ in registration.call[3])
    return starred or any(value is not None and value != ("const", None) for value in given)
