"""`layercheck routes`: the route table as people and scripts want it."""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.knowledge.frameworks import LOGIN_FIELDS, LOGIN_FORMS
from layercheck.model import Place
from layercheck.project import Project
from layercheck.queries.answers import answers
from layercheck.queries.auth import short
from layercheck.queries.failures import answered_status, run_by
from layercheck.queries.models import is_schema
from layercheck.queries.parameters import Parameter, bounds, default_of, params_model_fields, route_parameters
from layercheck.queries.protection import route_protection
from layercheck.queries.routes import Route, route_table
from layercheck.queries.schemas import classes_in, response_model
from layercheck.queries.show import show
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import mro
from layercheck.queries.testing import requested_routes
from layercheck.queries.ways_out import exceptions_of
from layercheck.views.deps import all_followed, route_dependencies, schemes_in
from layercheck.views.effects import function_effects


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
        if writes and not _writes(project, route, entry["effects"]):
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
    dependencies = route_dependencies(project, route)
    raises = _raises(project, route)
    return {
        "method": route.method,
        "path": route.path,
        "handler": handler.rpartition(":")[2].rpartition(".")[2].partition("#")[0] if handler is not None else None,
        "qualname": handler.rpartition(":")[2] if handler is not None else None,
        "file": span.path,
        "line": span.line,
        "mounted": bool(route.app),
        "app": route.app or None,
        "order": route.order if route.app else None,
        "exact": route.exact,
        "auth": protection.auth,
        "auth_via": list(protection.via),
        "security": sorted({scheme for scheme, _ in schemes_in(dependencies)}),
        "status_code": success_status(project, route),
        "statuses": statuses(project, route, dependencies, raises),
        "documented": list(route.responses) if route.responses is not None else None,
        "raises": raises,
        "response_model": [c.rpartition(":")[2] for c in classes_in(project, declared.scope, declared.annotation)],
        "effects": function_effects(project, run_by(project, route)),
        "tests": list(tests.tests) if tests is not None else [],
        "tags": list(route.tags),
        "summary": ir.text_of(ir.keyword(route.call, "summary")),
        "deprecated": bool(route.deprecated),
        "include_in_schema": route.include_in_schema is not False,
        "conditional": route.conditional,
        "generated": handler is None or not route.decorated,
        "parameters": [*_parameters(project, route), *_login_form(project, dependencies)],
        "parameters_known": handler is not None and not route.unknown_dependencies and all_followed(dependencies),
        "dependencies": dependencies,
    }


def _writes(project: Project, route: Route, effects: list[str]) -> bool:
    """Whether a route changes rows: it reaches a write, or its handler commits (rows are changed by assignment, too)."""
    own = function_effects(project, [route.handler]) if route.handler is not None else []
    return "db-write" in effects or "commit" in own


def _parameters(project: Project, route: Route) -> list[dict[str, Any]]:
    """The inputs of a route; a model that fills from the query, the headers or the cookies counts as its fields."""
    out: list[dict[str, Any]] = []
    for found in route_parameters(project, route):
        models: tuple[str, ...] = ()
        if found.marker is not None and found.source in ("query", "header", "cookie"):
            classes = classes_in(project, found.owner, found.annotation)
            models = tuple(c for c in classes if is_schema(project, c))
        if models:
            fields = params_model_fields(project, models[0], found.source)
            out += [_parameter(project, field) for field in fields]
        elif found.source not in ("special", "depends"):
            out.append(_parameter(project, found))
    return out


def _login_form(project: Project, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of FastAPI's own login form, wherever a dependency reads it."""
    out: list[dict[str, Any]] = []
    for node in nodes:
        bases = mro(project, node["target"]) if node["target"] is not None else ()
        needed = next((LOGIN_FORMS[base] for base in bases if base in LOGIN_FORMS), None)
        if needed is not None:
            out += [
                {
                    "name": name,
                    "in": "form",
                    "required": name in needed.split(),
                    "type": "str",
                    "default": None if name in needed.split() else "''" if name == "scope" else "None",
                    "bounds": {"pattern": "^password$"} if name == "grant_type" else {},
                }
                for name in LOGIN_FIELDS
            ]
        out += _login_form(project, node["dependencies"])
    return out


def _parameter(project: Project, found: Parameter) -> dict[str, Any]:
    default = default_of(found)
    return {
        "name": found.alias,
        "in": found.source,
        "required": found.required,
        "type": show(found.annotation),
        "default": show(default) if default is not None else None,
        "bounds": bounds(project, found),
    }


def success_status(project: Project, route: Route) -> int:
    """The status of a normal answer: status_code= of the registration, else 200 (FastAPI's default)."""
    declared = status_value(project, route.scope, ir.keyword(route.call, "status_code"))
    return declared if declared is not None else 200


def statuses(
    project: Project, route: Route, dependencies: list[dict[str, Any]], raises: list[dict[str, Any]]
) -> list[int]:
    """The statuses that a route is known to answer with.

    The success status, those of the responses that the handler returns itself, those of the exceptions that come out of it and of
    its dependencies (as the registered exception handlers answer them), and 401 where a security scheme refuses. The 422 of a
    request that does not fit the parameters is left out: every route with parameters has it.
    """
    found = {success_status(project, route), *(r["status"] for r in raises if r["status"] is not None)}
    if route.handler is not None:
        found.update(a.status for a in answers(project, route.handler) if a.status is not None)
    if any(rejects for _, rejects in schemes_in(dependencies)):
        found.add(401)
    return sorted(found)


def _raises(project: Project, route: Route) -> list[dict[str, Any]]:
    """The exceptions that can come out of the handler and its dependencies: which, with what status, raised where."""
    out: dict[tuple[str, int | None], dict[str, Any]] = {}
    for function in run_by(project, route):
        for raised in exceptions_of(project, function):
            status = answered_status(project, raised)
            name = short(raised.exception) if raised.exception is not None else "?"
            if (name, status) not in out:
                span = project.span(Place("Body", raised.key, raised.at))
                out[name, status] = {"exception": name, "status": status, "file": span.path, "line": span.line}
    return list(out.values())
