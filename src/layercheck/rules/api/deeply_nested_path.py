"""Nest a path two resources deep at most.

`/authors/{author_id}/books/{book_id}/reviews/{review_id}` makes the client carry three identifiers to name a thing that has its own, and
the handler check that the three belong together. The identifier that comes last is enough.

Counted are the levels of the whole path, prefixes included: a noun followed by its parameter. A version, a tenant parameter without a
noun before it, and the parts that `tenant-prefixes` names do not count.

How to fix: `/reviews/{review_id}`; a filter (`/reviews?book_id=...`) for the list.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/authors/{author_id}/books/{book_id}/reviews/{review_id}")
def read_review(author_id: int, book_id: int, review_id: int) -> int:
    return review_id
```
```python good app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/reviews/{review_id}")
def read_review(review_id: int) -> int:
    return review_id
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project
from layercheck.queries.publicity import is_page
from layercheck.queries.routes import registered_in
from layercheck.queries.versions import is_versioned

RULE = Rule(
    code="LC415",
    name="deeply-nested-path",
    message="{path} nests {levels} resources: name the last one by its own identifier, at most two levels deep",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-4",),
    since="0.1",
    options=(
        Option("tenant-prefixes", (), "parts of paths that do not count, such as /organizations/{organization_id}"),
    ),
)
_MOST = 2


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each route of a file with more than two parameterised levels."""
    option = project.settings.option(RULE, "tenant-prefixes")
    spared = option if isinstance(option, tuple) else ()
    seen = set()
    for route in registered_in(project, module.path):
        if route.head in seen or route.method == "WEBSOCKET" or is_page(project, route):
            continue
        levels = _levels(route.path, spared)
        if levels > _MOST:
            seen.add(route.head)
            yield Fault(route.head, {"path": route.path, "levels": levels})


def _levels(path: str, spared: tuple[str, ...]) -> int:
    """How many times a noun is followed by a parameter."""
    for prefix in spared:
        path = path.replace(prefix, "", 1)
    parts = [part for part in path.split("/") if part]
    return sum(
        after.startswith("{")
        and not after.endswith(":path}")
        and not before.startswith("{")
        and not is_versioned(before)
        for before, after in pairwise(parts)
    )
