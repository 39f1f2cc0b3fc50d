"""Name resources in a path and leave the verb to the method.

`POST /users/create` says it twice, `GET /deleteUser` lies, and each team member invents another word for the same act. With nouns a
client can guess the next route, and caches, proxies and permissions can tell reading from writing.

Verbs are those of create, read, update and delete: they have a method of their own. Other verbs (login, search, export, retry) name
processes and are welcome, as are states (`PUT /messages/{id}/read`) and nouns that only look like verbs (`/change-requests`,
`/list-prices`). `new` counts only as a whole segment: `/new-arrivals` are a resource. Pages that the service renders itself
(`response_class=HTMLResponse`, or a handler that only returns pages and redirects to them) have forms to show and are left alone.
Prefixes of routers are not looked at.

How to fix: `POST /users` for `POST /users/create`, `DELETE /items/{item_id}` for `POST /items/delete`.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.post("/users/create", status_code=201)
def create_user(name: str) -> dict[str, str]:
    return {"name": name}
```
```python good app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.post("/users", status_code=201)
def create_user(name: str) -> dict[str, str]:
    return {"name": name}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.publicity import is_page
from layercheck.queries.routes import Route, registered_in, routes_of

RULE = Rule(
    code="LC401",
    name="verb-in-path",
    message="{segment} in {path} repeats what the method says: name the resource and leave {verb} to the HTTP method",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-1",),
    since="0.1",
    options=(Option("allowed-verbs", (), "verbs that a path may have, in lower case"),),
)
VERBS = frozenset({
    "get", "fetch", "list", "read", "create", "add", "new", "insert", "update", "edit", "modify", "change", "set", "save", "delete", "remove",
    "destroy",
})  # fmt: skip

_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NOUNS = frozenset({
    "event", "events", "feed", "feeds", "history", "log", "logs", "permission", "permissions", "preview", "previews", "request", "requests",
    "right", "rights",
})  # fmt: skip
_NOUN_MAKERS = frozenset({"change", "delete", "edit", "remove", "update"})
"""Before one of the nouns above these make a compound: change-requests, edit-history, delete-permissions."""
_COMPOUNDS = frozenset({
    ("add", "on"), ("add", "ons"), ("change", "log"), ("change", "set"), ("change", "sets"), ("change", "order"), ("change", "orders"),
    ("list", "price"), ("list", "prices"), ("read", "only"), ("read", "model"), ("read", "models"), ("read", "receipt"), ("read", "receipts"),
    ("read", "replica"), ("read", "replicas"), ("read", "time"), ("save", "game"), ("save", "games"), ("save", "point"), ("save", "points"),
    ("save", "slot"), ("save", "slots"), ("set", "point"), ("set", "points"), ("set", "up"), ("get", "started"), ("update", "channel"),
    ("update", "channels"),
})  # fmt: skip
_READ_NOUNS = frozenset(
    {"available", "check", "count", "date", "info", "interval", "settings", "state", "states", "status", "time"}
)
"""After such a verb these are read in a GET, not done: GET /update-status."""


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each registration whose own path has a CRUD verb."""
    option = project.settings.option(RULE, "allowed-verbs")
    allowed = option if isinstance(option, tuple) else ()
    seen = set()
    for route in registered_in(project, module.path):
        if route.place in seen or route.method in ("WEBSOCKET", "OPTIONS") or is_page(project, route):
            continue
        seen.add(route.place)
        if route.own_path.endswith("/") and _is_twin(project, route):
            continue
        for segment in route.own_path.split("/"):
            verb = _verb(segment, route.method)
            if verb is not None and verb not in allowed:
                yield Fault(route.place, {"segment": segment, "path": route.own_path, "verb": verb})
                break


def _is_twin(project: Project, route: Route) -> bool:
    """Whether a path is another one of the same handler with a slash at the end, kept out of the API page."""
    hidden = ir.keyword(route.call, "include_in_schema") == ("const", False)
    others = routes_of(project, route.handler) if hidden and route.handler is not None else ()
    return any(other.path == route.path.rstrip("/") for other in others)


def _verb(segment: str, method: str) -> str | None:
    """The CRUD verb that a segment is or starts with, None when it is a noun, a state or another verb."""
    if segment.startswith("{"):
        return None
    words: list[str] = [word.lower() for word in _WORD.findall(segment)] or [""]
    verb, *rest = words
    if verb not in VERBS:
        return None
    if (verb == "new" and rest) or (verb == "read" and method != "GET"):
        return None
    following = rest[0] if rest else ""
    if verb in _NOUN_MAKERS and (following in _NOUNS or (method == "GET" and following in _READ_NOUNS)):
        return None
    if (verb, following) in _COMPOUNDS:
        return None
    return verb
