"""Answer a creation with 201.

A POST that creates something and answers 200 hides from clients, caches and monitors that a resource came into being.

How to fix: `status_code=status.HTTP_201_CREATED` in the decorator. Any explicit status is taken as a decision.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.post("/books")
def create_book(title: str) -> dict[str, str]:
    return {"title": title}
```
```python good app/routes.py
from fastapi import APIRouter, status

router = APIRouter()


@router.post("/books", status_code=status.HTTP_201_CREATED)
def create_book(title: str) -> dict[str, str]:
    return {"title": title}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.answers import RESPONSE, answers
from layercheck.queries.callgraph import sites
from layercheck.queries.effects import WRITE, effects
from layercheck.queries.items import Handler

RULE = Rule(
    code="LC405",
    name="create-without-201",
    message="{handler} creates a resource and declares no status: add status_code=status.HTTP_201_CREATED",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-3",),
    since="0.1",
)
_CREATES = re.compile(r"^(api_|post_|handle_)?(create|add|new|insert)(_|$)")
_REGISTERS = re.compile(
    r"^(register|signup|sign_up|create)_?(new_)?(user|account|customer|member)s?$|^(register|signup|sign_up)$"
)
_ACTIONS = re.compile(
    r"_or_(create|update|add)|(_|^)(access_)?(token|session|challenge|checkout|preview|export|backup|report|login|import|upload|"
    r"presigned_url|payment_intent|webhook|query|check)s?$"
)


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A POST handler that is named like a creation and leaves its status to the default."""
    function = handler.function
    for registration in handler.registrations:
        call = registration.call
        if (
            registration.method != "post"
            or ir.keyword(call, "status_code") is not None
            or any(n is None for n, _ in call[3])
        ):
            continue
        name = function.name.lower().lstrip("_")
        if not (_CREATES.match(name) or _REGISTERS.match(name)) or _ACTIONS.search(name):
            continue
        if ir.keyword(call, "response_class") is not None or _decides_itself(project, function.key):
            continue
        if not _creates(project, function.key):
            continue
        yield Fault(handler.place, {"handler": function.name})
        return


def _decides_itself(project: Project, key: str) -> bool:
    """Whether the body sets response.status_code or returns Responses."""
    body = project.get(Body, key)
    if body is not None and any(raw[0].endswith(".status_code") for raw in body.raw_binds):
        return True
    return any(a.kind == RESPONSE for a in answers(project, key))


def _creates(project: Project, key: str) -> bool:
    """Whether something is written; a handler whose callees cannot be seen is believed by its name."""
    found = effects(project, key)
    if any(e.name == WRITE for e in found):
        return True
    unknown = any(site.target is None and site.use != "with" for site in sites(project, key))
    return unknown or not sites(project, key)
