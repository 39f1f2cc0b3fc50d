"""Build clients and engines once, not on every request.

A client is a pool of connections. Built anew for each request it pools nothing: every call pays for a TCP and a TLS handshake, and an
engine that is made in a provider opens a new pool each time, until the database refuses connections.

How to fix: make it in the lifespan, keep it on `app.state`, and hand it out with a provider (or put `@lru_cache` on the provider).

HTTP, Redis, database and search clients and SQLAlchemy engines are looked at, in handlers, providers and whatever these call or build,
however deep. Left alone: cached providers, lifespan and start-up code, background jobs, scripts, injectable defaults, clients that a
method keeps on an object or in a global, and those whose address, proxy or credentials come from the request.

```python bad app/routes.py
import httpx
from fastapi import APIRouter

router = APIRouter()


@router.get("/weather")
async def weather() -> str:
    async with httpx.AsyncClient() as client:
        response = await client.get("https://weather.example")
    return response.text
```
```python good app/routes.py
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, Request

router = APIRouter()


def get_http(request: Request) -> httpx.AsyncClient:
    return request.app.state.http


@router.get("/weather")
async def weather(http: Annotated[httpx.AsyncClient, Depends(get_http)]) -> str:
    response = await http.get("https://weather.example")
    return response.text
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.knowledge.database import ENGINE_MAKERS
from layercheck.knowledge.frameworks import CLIENTS
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.callgraph import Site, in_lambda
from layercheck.queries.collaborators import is_default
from layercheck.queries.depends import dependency
from layercheck.queries.effects import display
from layercheck.queries.file_kinds import is_script
from layercheck.queries.items import CallSite
from layercheck.queries.requests import request_root

RULE = Rule(
    code="LC905",
    name="client-per-request",
    message="{name} is built {when}: build it once in the lifespan and inject it, so that its connections are pooled",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("PERF-5",),
    since="0.1",
)
_KINDS = frozenset({"database", "http", "redis", "search"})
_MADE = frozenset(ENGINE_MAKERS | {name for name, kind in CLIENTS.items() if kind in _KINDS})
TRIGGERS = frozenset(name.rpartition(".")[2] for name in _MADE) | {"session"}
_OWN = frozenset({"auth", "base_url", "cert", "host", "mounts", "proxies", "proxy", "transport", "url", "verify"})
"""Arguments that make a client one of its own when they come from the request."""


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """A client or engine that is made where every request comes by."""
    if item.site.target not in _MADE:
        return
    function = project.get(Function, item.body.key)
    if function is None or in_lambda(item.body, item.site.context) or is_script(project, item.body.path):
        return
    if (
        ir.keyword(item.call, "connection_pool") is not None  # the pool is what lasts
        or is_default(function, item.body, item.site)
        or _kept(project, item)
        or _of_its_own(project, function, item.body, item.site)
    ):
        return
    root = request_root(project, function.key)
    if root is not None:
        steps = () if root == function.key else _evidence(project, root)
        where = "on every request" if root == function.key else f"whenever {display(root)} runs, on every request"
        yield Fault(item.place, {"name": item.site.target, "when": where}, steps)


def _evidence(project: Project, root: str) -> tuple[Step, ...]:
    row = project.get(Function, root) or project.get(Class, root)
    return (Step(row.place(), f"{row.name} runs on every request and leads here"),) if row is not None else ()


def _kept(project: Project, item: CallSite) -> bool:
    """Whether a method binds the client to an attribute, an item or a global: somebody keeps it for longer than the call."""
    if item.body.key.endswith(("__init__", "__post_init__")):
        return False
    for statement in ir.statements(item.body.statements):
        if statement[0] in ("assign", "ann") and any(
            call[4] == item.site.at for e in ir.own_expressions(statement) for call in ir.calls(e)
        ):
            targets = statement[1] if statement[0] == "assign" else (statement[1],)
            return any(t.__class__ is not str or t in item.body.global_names for t in targets)
    return False


def _of_its_own(project: Project, function: Function, body: Body, site: Site) -> bool:
    """Whether what tells the client apart comes from the function's own parameters."""
    if function.name == "__init__":
        return False
    given = [*site.call[2], *(value for name, value in site.call[3] if name in _OWN)]
    names = {
        node.partition(".")[0] if node.__class__ is str else node[1].partition(".")[0]
        for e in given
        for node in ir.walk(e)
        if node.__class__ is str or ir.is_a(node, "ref")
    }
    own = {
        p.name
        for p in function.params
        if p.name not in ("self", "cls") and dependency(project, function.key, p.annotation, p.default) is None
    }
    local = {raw[0] for raw in body.raw_binds}
    return bool(names & (own | local))
