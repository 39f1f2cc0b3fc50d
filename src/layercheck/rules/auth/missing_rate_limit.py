"""Limit how often a login, a registration or a password reset can be tried.

Without a limit, a script tries a million passwords or six-digit codes, opens a thousand accounts, or has your mail server send a
password reset to somebody once a second.

Reported is a public route that logs in or hands out a token for a password, registers, resets a password or handles one-time codes,
when nothing limits it: no decorator, dependency or middleware of slowapi, fastapi-limiter, limits or another limiter, and no limiter
written by hand that the request reaches (it answers 429, counts attempts or locks accounts). Left alone are token refresh, OAuth code
exchange, routes that ask for credentials already, routers that no application mounts, and projects that say `limited-at-gateway`.

How to fix: limit by address, and for logins by account too.

```python bad app/routes.py
from fastapi import APIRouter, FastAPI

router = APIRouter()


@router.post("/login")
def login(email: str, password: str): ...


app = FastAPI()
app.include_router(router)
```
```python good app/routes.py
from fastapi import APIRouter, FastAPI, Request
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri="redis://cache")
router = APIRouter()


@router.post("/login")
@limiter.limit("5/minute")
def login(request: Request, email: str, password: str): ...


app = FastAPI()
app.state.limiter = limiter
app.include_router(router)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project
from layercheck.queries.auth import YES
from layercheck.queries.items import Handler
from layercheck.queries.protection import asks_before_handler
from layercheck.queries.publicity import credential_kind
from layercheck.queries.rate_limits import route_limited
from layercheck.queries.routes import routes_of

RULE = Rule(
    code="LC510",
    name="missing-rate-limit",
    message="{method} {path} ({kind}) can be tried without limit: limit requests by address and account",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("RATE-1",),
    since="0.1",
    options=(Option("limited-at-gateway", False, "a gateway or proxy in front of the application limits requests"),),
)


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """Each handler of a public credential route that nothing limits."""
    if project.settings.option(RULE, "limited-at-gateway"):
        return
    for route in routes_of(project, handler.function.key):
        kind = credential_kind(project, route) if route.app else None
        if kind is None or asks_before_handler(project, route).state == YES:
            continue
        if route_limited(project, route) is False:
            yield Fault(handler.place, {"method": route.method, "path": route.path, "kind": kind})
            return
