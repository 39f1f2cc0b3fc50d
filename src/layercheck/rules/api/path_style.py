"""Write paths in lower case, with hyphens, without a slash at the end.

`/userProfiles`, `/user_profiles` and `/user-profiles/` are three guesses for one resource, and only one of them works: paths are case
sensitive, and a slash at the end costs a redirect that turns some clients' POST into a GET. One style lets clients guess right.

Looked at is the path as it is written at the registration; a doubled slash is looked for in the whole path. A router's own root (`""` or
`"/"`), parameters, files that have their name from elsewhere (`/openapi.json`, `/robots.txt`) and pages are left alone.

How to fix: `/user-profiles`.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/user_profiles")
def list_profiles() -> list[str]:
    return []
```
```python good app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/user-profiles")
def list_profiles() -> list[str]:
    return []
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.publicity import is_page
from layercheck.queries.routes import Route, registered_in

RULE = Rule(
    code="LC403",
    name="path-style",
    message="{path} has {what}: write it in lower case with hyphens and without a slash at the end",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("API-1",),
    since="0.1",
)
_PARAMETER = pattern(r"{[^}]*}")
_FILE = pattern(r"[^/.}]\.(aspx?|csv|do|html?|js|jsp|json|pdf|php|txt|xlsx?|xml|ya?ml)$", re.IGNORECASE)
_NAMED_ELSEWHERE = pattern(
    r"/(openapi|swagger|asyncapi|manifest|robots|sitemap|security|humans|llms|ads|crossdomain|service-worker|sw|jwks)\w*\.\w+$|/\.well-known/|/(static|assets)/[^{}]*\.\w+$|favicon"
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each registration whose path departs from the style."""
    seen = set()
    for route in registered_in(project, module.path):
        if route.place in seen or route.method == "WEBSOCKET" or is_page(project, route):
            continue
        seen.add(route.place)
        what = _fault(route)
        if what is not None:
            yield Fault(route.place, {"path": route.own_path or route.path, "what": what})


def _fault(route: Route) -> str | None:
    """What is wrong with a path, the first thing only."""
    if _NAMED_ELSEWHERE.search(route.path):
        return None
    words = _PARAMETER.sub("", route.own_path)
    if words != words.lower():
        return "upper case"
    if "_" in words:
        return "an underscore"
    if "//" in _PARAMETER.sub("x", route.path):
        return "a doubled slash"
    if len(route.own_path) > 1 and route.own_path.endswith("/"):
        return "a slash at the end"
    return "a file extension" if _FILE.search(route.own_path) else None
