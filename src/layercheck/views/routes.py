"""`layercheck routes`: the route table as people and scripts want it."""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.project import Project
from layercheck.queries.effects import effects
from layercheck.queries.parameters import bounds, route_parameters
from layercheck.queries.protection import route_protection
from layercheck.queries.routes import Route, route_table
from layercheck.queries.schemas import classes_in, response_model
from layercheck.queries.show import show
from layercheck.queries.statuses import status_value
from layercheck.queries.testing import requested_routes
from layercheck.queries.ways_out import exceptions_of

_EFFECTS = {
    "sql": "db-read",
    "write": "db-write",
    "commit": "commit",
    "block": "blocking",
    "rollback": "rollback",
    "request": "http",
}
_WRITING = frozenset({"db-write"})


def routes(
    project: Project,
    *,
    unprotected: bool = False,
    writes: bool = False,
    untested: bool = False,
    mounted_only: bool = False,
) -> list[dict[str, Any]]:
    """Every path operation as a dictionary, in the order of the route table.

    `unprotected` keeps those that answer without credentials, `writes` those that reach a database write, `untested` those
    that no test requests. `auth` is True, False or None (not known); `generated` says that the handler is not a function of
    the project that can be named.
    """
    out = []
    for route in route_table(project):
        entry = describe(project, route)
        if unprotected and entry["auth"] is not False:
            continue
        if writes and not _WRITING & set(entry["effects"]):
            continue
        if untested and entry["tests"]:
            continue
        if mounted_only and not route.app:
            continue
        out.append(entry)
    return out


def describe(project: Project, route: Route) -> dict[str, Any]:
    """One route as a dictionary."""
    protection = route_protection(project, route)
    span = project.span(route.place)
    handler = route.handler
    if handler is not None:
        function = project.get(Function, handler)
        if function is not None:
            span = project.span(function.place())
    tests = requested_routes(project).get((route.method, route.path, route.handler))
    declared = response_model(project, route)
    return {
        "method": route.method,
        "path": route.path,
        "handler": handler.rpartition(":")[2].rpartition(".")[2].partition("#")[0] if handler is not None else None,
        "qualname": handler.rpartition(":")[2] if handler is not None else None,
        "file": span.path,
        "line": span.line,
        "mounted": bool(route.app),
        "app": route.app or None,
        "exact": route.exact,
        "auth": protection.auth,
        "auth_via": list(protection.via),
        "statuses": statuses(project, route),
        "documented": list(route.responses) if route.responses is not None else None,
        "response_model": [c.rpartition(":")[2] for c in classes_in(project, declared.scope, declared.annotation)],
        "effects": route_effects(project, route),
        "tests": list(tests.tests) if tests is not None else [],
        "tags": list(route.tags),
        "summary": ir.text_of(ir.keyword(route.call, "summary")),
        "deprecated": bool(route.deprecated),
        "include_in_schema": route.include_in_schema is not False,
        "conditional": route.conditional,
        "generated": handler is None or not route.decorated,
        "parameters": [
            {"name": p.alias, "in": p.source, "required": p.required, "type": show(p.annotation), "bounds": bounds(p)}
            for p in route_parameters(project, route)
            if p.source not in ("special", "depends")
        ],
    }


def success_status(project: Project, route: Route) -> int:
    """The status of a normal answer: status_code= of the registration, else 200 (FastAPI's default)."""
    declared = status_value(project, route.scope, ir.keyword(route.call, "status_code"))
    return declared if declared is not None else 200


def statuses(project: Project, route: Route) -> list[int]:
    """The success status and those of the HTTP exceptions that can come out of the handler and its dependencies' own code."""
    found = {success_status(project, route)}
    if route.handler is not None:
        found.update(r.status for r in exceptions_of(project, route.handler) if r.status is not None)
    for wanted in route.dependencies:
        if wanted.target is not None and ":" in wanted.target:
            found.update(r.status for r in exceptions_of(project, wanted.target) if r.status is not None)
    return sorted(found)


def route_effects(project: Project, route: Route) -> list[str]:
    """What the handler reaches: db-read, db-write, commit, blocking, rollback, http."""
    return function_effects(project, route.handler) if route.handler is not None else []


def function_effects(project: Project, key: str) -> list[str]:
    """What a function of the project reaches, in the same words."""
    found = {e.name for e in effects(project, key)} if project.get(Function, key) is not None else set()
    return [label for name, label in _EFFECTS.items() if name in found]
