"""Page every list.

A list endpoint without a page grows with the table behind it: ten rows on the day it is written, a response of a hundred megabytes and
a query of half a minute two years later. Adding the page afterwards breaks every client.

Reported are lists of resources that come out of tables: declared, in an envelope (whose other fields are paging, totals or a message)
or seen in what the handler returns. Spared are lists that something else bounds: a literal limit or slice on the way, a list of
identifiers in the request, statistics, trees and option tables by their names, answers of other services, routes kept out of the API
page. The strict profile adds the lists of one resource's children (`/authors/{author_id}/books`).

How to fix: take `limit` and `offset` (or a cursor) as query parameters with an upper bound, and hand them to the query.

```python bad app/routes/books.py
from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.deps import get_db
from app.models import Book
from app.schemas import BookOut

router = APIRouter()


@router.get("/books", response_model=list[BookOut])
def list_books(db: Session = Depends(get_db)):
    return db.scalars(select(Book)).all()
```
```python bad app/schemas.py
from pydantic import BaseModel


class BookOut(BaseModel):
    id: int
    title: str
```
```python good app/routes/books.py
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.deps import get_db
from app.models import Book
from app.schemas import BookOut

router = APIRouter()


@router.get("/books", response_model=list[BookOut])
def list_books(db: Session = Depends(get_db), limit: Annotated[int, Query(le=100)] = 20, offset: int = 0):
    return db.scalars(select(Book).limit(limit).offset(offset)).all()
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck import ir
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.items import Handler
from layercheck.queries.listing import lists
from layercheck.queries.origins import origins
from layercheck.queries.pagination import takes_page
from layercheck.queries.parameters import path_names, route_parameters
from layercheck.queries.routes import Route, handler_routes
from layercheck.queries.symbols import mro
from layercheck.queries.types import annotation_type

RULE = Rule(
    code="LC414",
    name="unpaginated-list",
    message="{handler} answers with every {item} there is: take limit and offset (or a cursor) with an upper bound",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-5", "DATA-6", "PERF-1"),
    since="0.1",
)


_AGGREGATES = pattern(
    r"(^|[_/-])(stats?|statistics|summary|analytics|time-?series|trends?|histogram|aggregat\w*|breakdown|distribution|tree|hierarchy|"
    r"breadcrumbs?|options?|choices|settings?|config|configs|configurations?|facets?|metrics?|enums?|lookups?|overview|totals?|kpis?|"
    r"leaderboard|heatmap|quantities|insights?|dashboard|costs?|spend|validate|slots?|availability)($|[_/-])"
)
_AGGREGATED = pattern(
    r"(Stats?|Statistics?|Tree|TreeNode|Options?|Facet|Choice|Metrics?|Breadcrumb|Period|TimeSeries)\w{0,4}$"
)
_IDENTIFIERS = pattern(r"(^|_)(ids|uuids|keys|slugs|codes|names|external_ids|externalids|id_list)$")
_VERSION = pattern(r"^(v\d+([._]\d+)*|api|rest|public|internal|\{\?\})$")


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A GET handler that lists resources and takes no page."""
    function = handler.function
    for route in handler_routes(project, function.key):
        if route.method != "GET" or route.include_in_schema is False or _is_aggregate(route, function.name):
            continue
        item = lists(project, route)
        if item is None or _AGGREGATED.search(item) or takes_page(project, route) or _asked_for(project, route):
            continue
        if project.settings.profile != Profile.STRICT and _has_parent(project, route):
            continue
        found = origins(project, function.key)
        if not found.reading or found.cut or found.remote or found.folded:
            continue
        yield Fault(handler.place, {"handler": function.name, "item": "row" if item == "dict" else item})
        return


def _is_aggregate(route: Route, name: str) -> bool:
    """Statistics, trees, option tables: what they list is bounded by what they are."""
    last = next((part for part in reversed(route.path.split("/")) if part and not part.startswith("{")), "")
    return any(_AGGREGATES.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower()) for text in (last, name))


def _asked_for(project: Project, route: Route) -> bool:
    """Whether the caller names what it wants: a list of identifiers."""
    return any(
        p.source == "query"
        and (_IDENTIFIERS.search(p.name.lower()) is not None or _IDENTIFIERS.search(p.alias.lower()) is not None)
        for p in route_parameters(project, route)
    )


def _has_parent(project: Project, route: Route) -> bool:
    """Whether the list belongs to one resource: a parameter after a noun. A tenant (no noun before it) and an enum do not count."""
    parts = [p for p in route.path.split("/") if p]
    for before, part in zip(["", *parts], parts, strict=False):
        if part.startswith("{") and before and not before.startswith("{") and not _VERSION.match(before):
            names = path_names(part)
            if not names or not _is_choice(project, route, names[0]):
                return True
    return False


def _is_choice(project: Project, route: Route, name: str) -> bool:
    """Whether a path parameter is one of a few words: an Enum or a Literal."""
    for parameter in route_parameters(project, route):
        if parameter.alias == name and parameter.source == "path":
            annotation = parameter.annotation
            if ir.is_a(annotation, "item") and annotation is not None and ir.last_name(annotation[1]) == "Literal":
                return True
            kind = annotation_type(project, parameter.owner, annotation)
            if (
                kind is not None
                and kind[0] == "inst"
                and any(base.startswith("enum.") for base in mro(project, kind[1]))
            ):
                return True
    return False
