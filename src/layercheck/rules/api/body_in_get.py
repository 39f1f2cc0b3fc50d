"""Send no body with GET, HEAD or DELETE.

A body in a GET has no meaning in HTTP: proxies and caches drop it, browsers and many clients cannot send it, and the API page does not
offer it. A model that was meant for the query string lands there by accident, because FastAPI takes a model without a marker for the
body. A DELETE with a body works in some clients and is reported as info. Looked at are the parameters of the handler itself.

How to fix: `Annotated[Filter, Query()]` for a model in the query string, or POST for a search that needs a body.

```python bad app/routes.py
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class BookFilter(BaseModel):
    title: str = ""


@router.get("/books")
def list_books(wanted: BookFilter) -> list[str]:
    return [wanted.title]
```
```python good app/routes.py
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

router = APIRouter()


class BookFilter(BaseModel):
    title: str = ""


@router.get("/books")
def list_books(wanted: Annotated[BookFilter, Query()]) -> list[str]:
    return [wanted.title]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import Handler
from layercheck.queries.parameters import function_parameters, path_names
from layercheck.queries.routes import handler_routes

RULE = Rule(
    code="LC419",
    name="body-in-get",
    message="{handler} takes {name} from the body of a {method}: mark it Query(), or use POST",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("API-2",),
    since="0.1",
)
_WITHOUT = frozenset({"GET", "HEAD", "DELETE"})
_SOURCES = frozenset({"body", "form", "file"})


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A handler of GET, HEAD or DELETE with a parameter that comes from the body."""
    routes = handler_routes(project, handler.function.key)
    if not routes or not all(route.method in _WITHOUT for route in routes):
        return
    for parameter in function_parameters(project, handler.function.key):
        if parameter.source not in _SOURCES or parameter.alias in path_names(routes[0].path):
            continue
        level = Level.INFO if routes[0].method == "DELETE" else ""
        fields = {"handler": handler.function.name, "name": parameter.name, "method": routes[0].method}
        yield Fault(handler.place, fields, (), level)
        return
