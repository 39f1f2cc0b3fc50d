"""Ask for credentials before a route changes anything.

Where most routes of an application know their user, the one that does not is usually an oversight: nobody notices that it answers
everybody, because it works. Anyone who can reach the server can call it.

Authentication counts wherever it is: a dependency of the handler, of its class, decorator, router, an `include_router` call or the
application; a decorator that checks the request; a middleware that turns anonymous requests away; a check in the body. Whatever
cannot be resolved counts as authentication. Public by nature are login, registration, tokens, password reset, verification, OAuth
callbacks, health, contact and newsletter, webhooks that check a signature, paths that say so (`/public/...`, `/guest-checkout`), and
what `public-paths` names: an application that only listens behind another one belongs there, since its code does not say so. Beyond the catalogue's wording
count as public: the set-up of a fresh installation (`/setup`, `/install`, `/onboarding`), waiting lists, inquiries and requests for a
demo, accepting an invitation or redeeming its code, whatever takes an OAuth2PasswordRequestForm, and handlers that do nothing but redirect or say one
and the same text. An application that authenticates
nobody at all is left alone, and so is a POST that only reads (`POST /search`). The strict profile reports GET routes too, routes whose optional credential nobody
demands, and those that an unguessable token in the path opens.

How to fix: require the current user, on the handler or once for the whole router.

```python bad app/routes.py
from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="login")
router = APIRouter()


@router.post("/books", dependencies=[Depends(scheme)])
def add_book(title: str): ...


@router.delete("/books/{book_id}")
def remove_book(book_id: int): ...


app = FastAPI()
app.include_router(router)
```
```python good app/routes.py
from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="login")
router = APIRouter(dependencies=[Depends(scheme)])


@router.post("/books")
def add_book(title: str): ...


@router.delete("/books/{book_id}")
def remove_book(book_id: int): ...


app = FastAPI()
app.include_router(router)
```
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.auth import NO, OPTIONAL, YES
from layercheck.queries.credentials import verifies_signature
from layercheck.queries.effects import WRITE, effects
from layercheck.queries.items import Handler
from layercheck.queries.protection import route_protection
from layercheck.queries.publicity import is_entrance, is_registration, unguessable_path
from layercheck.queries.routes import Route, route_table, routes_of
from layercheck.queries.secrets import words

RULE = Rule(
    code="LC501",
    name="unauthenticated-route",
    message="{method} {path} answers without credentials: {remedy}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("AUTH-2", "DELIV-1"),
    since="0.1",
    options=(Option("public-paths", (), "paths (with * for any part) that everybody may call"),),
)
_MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_READING = frozenset({
    "get", "list", "search", "find", "query", "count", "read", "fetch", "check", "validate", "preview", "calculate", "estimate", "filter",
    "lookup", "decode", "convert", "conversion", "parse", "render", "suggest", "compare", "exists", "redirect",
})  # fmt: skip


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """Each handler one of whose routes changes something for callers whom nobody has asked who they are."""
    for route in routes_of(project, handler.function.key):
        if _open(project, route):
            provider = usual_provider(project, route.app)
            remedy = f"require {provider} as other routes do" if provider else "require the current user"
            yield Fault(
                handler.place,
                {"method": route.method, "path": route.path, "remedy": f"{remedy}, on the handler or its router"},
            )
            return


def _open(project: Project, route: Route) -> bool:
    strict = project.settings.profile == Profile.STRICT
    if not route.app or route.handler is None or route.method not in (_MUTATING | {"GET"} if strict else _MUTATING):
        return False
    state = route_protection(project, route).state
    if state != NO and not (strict and state == OPTIONAL):
        return False
    if usual_provider(project, route.app) is None or _configured_public(project, route):
        return False
    if is_entrance(project, route) or is_registration(project, route) or verifies_signature(project, route.handler):
        return False
    return strict or not (unguessable_path(route) or _only_reads(project, route))


def _configured_public(project: Project, route: Route) -> bool:
    patterns = project.settings.option(RULE, "public-paths")
    return isinstance(patterns, tuple) and any(fnmatch.fnmatchcase(route.path, p) for p in patterns)


def _only_reads(project: Project, route: Route) -> bool:
    """A POST that is a question: named like one, and nothing is written."""
    if route.method != "POST" or route.handler is None:
        return _only_redirects(project, route)
    first = words(route.handler.rpartition(".")[2].rpartition(":")[2])[:1]
    last = route.path.rstrip("/").rpartition("/")[2].lower()
    asks = not _READING.isdisjoint([*first, last])
    return (asks and not _writes(project, route.handler)) or _only_redirects(project, route) or _greets(project, route)


def _greets(project: Project, route: Route) -> bool:
    """A handler that does nothing but say one and the same text."""
    body = project.get(Body, route.handler or "")
    if body is None or body.raw_calls:
        return False
    said = [s for s in body.statements if s[0] != "expr"]
    return len(said) == 1 and said[0][0] == "return" and ir.text_of(said[0][1]) is not None


def _writes(project: Project, handler: str) -> bool:
    return any(e.name == WRITE for e in effects(project, handler))


def _only_redirects(project: Project, route: Route) -> bool:
    body = project.get(Body, route.handler or "")
    returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"] if body is not None else []
    return bool(returned) and all(ir.is_a(e, "call") and ir.last_name(e[1]) == "RedirectResponse" for e in returned)


@query
def usual_provider(project: Project, app: str) -> str | None:
    """What authenticates most routes of an application; None when it authenticates nobody."""
    found = Counter(
        protection.via[0].removesuffix("()")
        for route in route_table(project)
        if route.app == app and (protection := route_protection(project, route)).state == YES and protection.via
    )
    return (
        min(found, key=lambda name: ("current" not in name or "admin" in name, -found[name], name)) if found else None
    )
