"""Register a fixed path before the pattern that swallows it.

The router takes the first route that fits. After `/users/{user_id}`, a request for `/users/me` is a request for the user "me": the
second handler never runs, and what the client sees is a validation error or somebody else's answer. Two routes with the same method and
path are the same mistake.

Order is that in which routers, includes and mounts put routes on the application. A plain `{user_id}` takes any segment, whatever the
annotation says; `{user_id:int}` takes digits only. A mount takes everything below its path. A route that is registered under a
condition shadows only what stands under the same include; neither does a second registration of the same handler, nor a route of another file on the same router (their
order is that of the imports) count.

How to fix: move the fixed path above the pattern, or narrow the pattern with a convertor (`{user_id:int}`).

```python bad app/routes.py
from fastapi import APIRouter, FastAPI

router = APIRouter()


@router.get("/users/{user_id}")
def read_user(user_id: str) -> str:
    return user_id


@router.get("/users/me")
def read_me() -> str:
    return "me"


app = FastAPI()
app.include_router(router)
```
```python good app/routes.py
from fastapi import APIRouter, FastAPI

router = APIRouter()


@router.get("/users/me")
def read_me() -> str:
    return "me"


@router.get("/users/{user_id}")
def read_user(user_id: str) -> str:
    return user_id


app = FastAPI()
app.include_router(router)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.effects import display
from layercheck.queries.routes import MOUNT, Route
from layercheck.queries.shadows import shadows

RULE = Rule(
    code="LC416",
    name="shadowed-route",
    message="{method} {path} is never reached: {earlier} comes first and answers it; {remedy}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("API-1",),
    since="0.1",
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each route registered in a file that an earlier one answers for."""
    seen = set()
    for route, earlier in shadows(project).get(module.path, ()):
        if route.head in seen:
            continue
        seen.add(route.head)
        fields = {
            "method": route.method,
            "path": route.path,
            "earlier": _name(earlier),
            "remedy": "change one of them" if earlier.path == route.path else "register this one above it",
        }
        yield Fault(route.head, fields, (Step(earlier.head, f"{_name(earlier)} is registered first"),))


def _name(route: Route) -> str:
    if route.method == MOUNT:
        return f"what is mounted at {route.own_path or '/'}"
    handler = f" ({display(route.handler)})" if route.handler is not None else ""
    return f"{route.method} {route.path}{handler}"
