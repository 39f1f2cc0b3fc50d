"""Document the errors that a route answers with.

Clients are generated from the OpenAPI document. An error that is not in it has no type: whoever calls `POST /loans` learns about the 409
in production, and writes his own guess of what is in it.

Counted are the statuses of exceptions that come out of the handler, of the project functions that it calls and of its dependencies, as the
registered exception handlers answer them. They are documented by `responses=` of the route, of its routers, of include_router or of the
application; ranges (`"4XX"`) and `"default"` count. A route that demands credentials needs 401 or 403, whichever it documents: both are
then taken as said. FastAPI documents 422 by itself, and 500 can happen anywhere: neither is asked for. Where `responses=` cannot be
evaluated, where no application is seen to serve the route or the route is not in the schema, nothing is said.

How to fix: `responses={404: {"description": "No such book"}}` at the route; what all routes of a router share belongs to
`APIRouter(responses=...)`.

```python bad app/routes.py
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/books/{isbn}")
def read_book(isbn: str) -> str:
    if isbn != "0141439580":
        raise HTTPException(404, "no such book")
    return "Emma"
```
```python good app/routes.py
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/books/{isbn}", responses={404: {"description": "No such book"}})
def read_book(isbn: str) -> str:
    if isbn != "0141439580":
        raise HTTPException(404, "no such book")
    return "Emma"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Module
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.declared_responses import documents
from layercheck.queries.failures import Failure, failures
from layercheck.queries.own_openapi import writes_into_document
from layercheck.queries.protection import route_protection
from layercheck.queries.routes import Route, registrations_by_file
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import mro

RULE = Rule(
    code="LC413",
    name="undocumented-error-response",
    message="{method} {path} can answer {statuses}, which no responses= documents: declare {it} at the route, or at the router for all its routes",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("API-9",),
    since="0.1",
)
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_DENIALS = frozenset({_UNAUTHORIZED, _FORBIDDEN})
_SPARED = frozenset({422, 500})


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each registration whose routes answer with errors that none of them documents."""
    together: dict[Place, list[Route]] = {}
    for route in registrations_by_file(project).get(module.path, ()):
        together.setdefault(route.place, []).append(route)
    for routes in together.values():
        if not all(_looked_at(project, route) for route in routes):
            continue
        found = [_undocumented(project, route) for route in routes]
        common = set(found[0]).intersection(
            *found
        )  # a router that is included twice may be documented in one of the places
        if common:
            yield _fault(project, routes[0], {status: found[0][status] for status in sorted(common)})


def _fault(project: Project, route: Route, statuses: dict[int, Failure | None]) -> Fault:
    steps = [_step(failure) for failure in statuses.values() if failure is not None]
    for status, failure in statuses.items():
        if failure is None:
            via = ", ".join(route_protection(project, route).via[:2])
            steps.append(
                Step(route.place, f"asks for credentials through {via}: {status} or {_FORBIDDEN} for those without")
            )
    texts = ["401/403" if failure is None else str(status) for status, failure in statuses.items()]
    said = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    fields = {
        "method": route.method,
        "path": (route.path if route.exact else route.own_path) or "/",
        "statuses": said,
        "it": "it" if len(texts) == 1 else "them",
    }
    return Fault(route.place, fields, tuple(steps))


def _step(failure: Failure) -> Step:
    raised = failure.raised
    exception = (raised.exception or "").rpartition(":")[2].rpartition(".")[2]
    return Step(Place("Body", raised.key, raised.at), f"raises {exception}: {failure.status}")


def _looked_at(project: Project, route: Route) -> bool:
    """Whether a route is in the OpenAPI document of an application, as far as that is known."""
    if not route.app or route.method == "WEBSOCKET" or route.responses is None:
        return False
    if route.include_in_schema is False or ir.last_name(route.call[1]) in ("add_route", "route"):
        return False
    flag = ir.keyword(route.call, "include_in_schema")
    if not route.documented or (flag is not None and not ir.is_a(flag, "const")):
        return False
    if route.route_class is not None and _decides_schema(project, route.route_class):
        return False
    return not writes_into_document(project, ("responses",))


def _decides_schema(project: Project, route_class: str) -> bool:
    """Whether a route class says itself what is in the schema, or documents responses; one of a library may."""
    if ":" not in route_class and not route_class.startswith(("fastapi.", "starlette.")):
        return True
    for base in mro(project, route_class):
        for name in ("__init__", "get_route_handler"):
            body = project.get(Body, f"{base}.{name}") if ":" in base else None
            for e in ir.expressions(body.statements) if body is not None else ():
                if (ir.dotted(e) or "").rpartition(".")[2] in ("include_in_schema", "responses"):
                    return True
    return False


def _undocumented(project: Project, route: Route) -> dict[int, Failure | None]:
    """status -> where it comes from (None for a scheme of the framework) for what the route does not document."""
    responses = route.responses or ()
    found: dict[int, Failure | None] = {
        f.status: f for f in failures(project, route) if f.status not in _SPARED and not documents(responses, f.status)
    }
    if route_protection(project, route).auth:
        if any(documents(responses, status) for status in _DENIALS):
            return {status: f for status, f in found.items() if status not in _DENIALS}
        if _DENIALS.isdisjoint(found):
            found[_UNAUTHORIZED] = None
    success = status_value(project, route.scope, ir.keyword(route.call, "status_code"))
    return {status: f for status, f in found.items() if status != success}
