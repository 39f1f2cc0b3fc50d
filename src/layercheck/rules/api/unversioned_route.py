"""Put a version into every path.

Without a version in the path the first incompatible change breaks every client on the day of the release, or is never made. With
`/v1` in front, `/v2` can live beside it until the last client has moved.

The whole path counts: prefixes of routers, includes and mounts are followed through the project. When no route of an application has a
version that is one finding, at the application; otherwise it is one a route. Left alone are the root, health, metrics, docs, static
files, webhooks and sign-in redirects, pages and routes that are kept out of the API page, paths with a part that cannot be evaluated,
routers that no application includes, and applications that something else mounts or gives a `root_path`. Projects that name the version
in a header or media type set `header-versioned = true`; a header such as X-API-Version and known versioning libraries are recognised.

How to fix: `app.include_router(router, prefix="/v1")`.

```python bad app/main.py
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/books")


@router.get("")
def list_books() -> list[str]:
    return []


@router.post("")
def add_book(title: str) -> str:
    return title


app = FastAPI()
app.include_router(router)
```
```python good app/main.py
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/books")


@router.get("")
def list_books() -> list[str]:
    return []


@router.post("")
def add_book(title: str) -> str:
    return title


app = FastAPI()
app.include_router(router, prefix="/v1")
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.knowledge.names import SCRIPT_FOLDERS
from layercheck.model import Fault, Level, Option, Place, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.publicity import is_page
from layercheck.queries.routers import routers_made_in
from layercheck.queries.routes import Route, applications, registrations_by_file, route_table
from layercheck.queries.versions import (
    hidden_prefix,
    is_versioned,
    may_be_versioned,
    versioned_by_header,
    versioned_by_library,
)

RULE = Rule(
    code="LC410",
    name="unversioned-route",
    message="{what} no version: put the router below a prefix such as /v1, so that a /v2 can live beside it",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-8", "DELIV-1"),
    since="0.1",
    options=(
        Option("header-versioned", False, "the version is in a header or media type"),
        Option("unversioned-prefixes", (), "paths that need no version, as prefixes: /internal, /admin"),
    ),
)
_ANYWHERE = frozenset({
    "health", "healthz", "healthcheck", "health-check", "health_check", "ready", "readyz", "readiness", "live", "livez", "liveness", "metrics",
    "docs", "redoc", "openapi", "openapi.json", "swagger", "favicon.ico", "favicon", "robots.txt", "sitemap.xml", "static", "assets", "media",
    "webhook", "webhooks", "hooks", ".well-known", "oauth", "oauth2", "oidc", "saml", "sso",
})  # fmt: skip
_AT_THE_TOP = frozenset({
    "", "alive", "heartbeat", "info", "ping", "probe", "status", "up", "version", "versions",
})  # fmt: skip
_SIGN_IN = ("authorize", "callback")
_SMALLEST = 2
"""Routes from which on an application is an API: a callback server or a page with one route needs no versions."""


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The applications of a file of which no route has a version, and the routes it registers that lack the one of the others."""
    if project.settings.option(RULE, "header-versioned") or versioned_by_library(project):
        return
    for app, made in routers_made_in(project, module.path):
        if app in applications(project) and _is_bare(project, app):
            yield Fault(Place("Body", made.scope, made.call[4]), {"what": "the routes of this application have"})
    option = project.settings.option(RULE, "unversioned-prefixes")
    spared = option if isinstance(option, tuple) else ()
    for route in _alone_in(project, module.path):
        if not route.path.startswith(spared):
            yield Fault(route.head, {"what": f"{route.method} {route.path} has"})


@query
def _is_bare(project: Project, app: str) -> bool:
    """Whether an application has several routes that want a version, and none that has one."""
    routes = [route for route in route_table(project) if route.app == app]
    wanting = [route for route in routes if _wants_version(project, route)]
    return (
        len(wanting) >= _SMALLEST
        and not any(is_versioned(r.path) for r in routes)
        and not (hidden_prefix(project, app) or versioned_by_header(project))
    )


def _alone_in(project: Project, path: str) -> Iterator[Route]:
    """The routes registered in a file that have no version wherever they are mounted, in applications where others have one."""
    groups: dict[Place, list[Route]] = {}
    for route in registrations_by_file(project).get(path, ()):
        if route.app:
            groups.setdefault(route.place, []).append(route)
    for served in groups.values():
        first = served[0]
        if all(_wants_version(project, route) for route in served) and _has_versions(project, first.app):
            if not hidden_prefix(project, first.app):
                yield first


@query
def _has_versions(project: Project, app: str) -> bool:
    """Whether some route of an application has a version."""
    return any(route.app == app and is_versioned(route.path) for route in route_table(project))


def _wants_version(project: Project, route: Route) -> bool:
    """Whether a route is one of the API whose whole path is known and has no version."""
    if (
        route.method == "WEBSOCKET"
        or not route.exact
        or route.include_in_schema is False
        or may_be_versioned(route.path)
    ):
        return False
    segments = [s for s in route.path.lower().split("/") if s and s != "api"]
    if _ANYWHERE & set(segments) or any(s.startswith(_SIGN_IN) for s in segments):
        return False
    if (len(segments) < 2 and set(segments) <= _AT_THE_TOP) or _in_scripts(route):
        return False
    return not is_page(project, route)


def _in_scripts(route: Route) -> bool:
    """Whether the application lies in a folder of examples, scripts or tools."""
    return any(folder in SCRIPT_FOLDERS for folder in route.app.partition(":")[0].split("/")[:-1])
