"""Whether something counts the requests to a route and refuses when there are too many: libraries, and limiters written by hand.

A hand-written limiter is known by what it does (it answers 429) or by its name; a limiter that the code of a handler reaches counts
as much as one in a decorator, a dependency or a middleware.
"""

from __future__ import annotations

import itertools

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.rate_limits import (
    LIMITING_PACKAGES,
    LIMITING_PAIRS,
    LIMITING_WORDS,
    SLOWAPI_LIMITERS,
    SLOWAPI_MIDDLEWARE,
)
from layercheck.project import Project, query
from layercheck.queries.auth import is_harmless
from layercheck.queries.callgraph import callee_functions, sites, with_nested
from layercheck.queries.credentials import is_answer
from layercheck.queries.depends import Dependency
from layercheck.queries.file_kinds import is_test
from layercheck.queries.middleware import Middleware, app_middleware, middleware_functions
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.secrets import words
from layercheck.queries.statuses import raised_by, status_value
from layercheck.queries.symbols import class_attribute, resolve
from layercheck.queries.types import symbol_type

TOO_MANY = 429
_LOCKED = 423


def names_limit(name: str) -> bool:
    """Whether a name says that something is limited: `rate_limit`, `LoginThrottle`, `check_login_attempts`."""
    said = words(name)
    return not LIMITING_WORDS.isdisjoint(said) or any(pair in LIMITING_PAIRS for pair in itertools.pairwise(said))


def is_limiting_library(symbol: str | None) -> bool:
    """Whether an external symbol belongs to a library that limits requests."""
    return symbol is not None and ":" not in symbol and symbol.startswith(tuple(f"{p}." for p in LIMITING_PACKAGES))


@query(bottom=False)
def limits(project: Project, key: str) -> bool:
    """Whether a function limits requests, itself or in a project function that it calls."""
    body = project.get(Body, key)
    if body is None:
        return False
    if names_limit(key.rpartition(":")[2]) or any(
        refuses_too_many(project, key, s) or _locks_out(project, key, s) for s in ir.statements(body.statements)
    ):
        return True
    if any(
        names_limit(ir.last_name(e)) for e in ir.expressions(body.statements) if ir.is_a(e, "ref") or ir.is_a(e, "attr")
    ):
        return True
    for site in sites(project, key):
        if is_limiting_library(site.target) or names_limit(ir.last_name(site.call[1])):
            return True
        if site.target is not None and ":" in site.target and names_limit(site.target.rpartition(":")[2]):
            return True
        if any(limits(project, callee) for callee in callee_functions(project, site.target)):
            return True
    return False


def _locks_out(project: Project, key: str, statement: ir.Stmt) -> bool:
    """Whether a statement answers 423, or raises an exception that says so: the account is locked after failed attempts."""
    if statement[0] != "raise" or statement[1] is None:
        return False
    return raised_by(project, key, statement[1], statement[-1]).status == _LOCKED


def refuses_too_many(project: Project, key: str, statement: ir.Stmt) -> bool:
    """Whether a statement raises or makes an answer of status 429."""
    if statement[0] == "raise" and statement[1] is not None:
        raised = raised_by(project, key, statement[1], statement[-1])
        name = raised.exception or ir.last_name(statement[1][1] if ir.is_a(statement[1], "call") else statement[1])
        if raised.status == TOO_MANY or (
            raised.status is None and names_limit(name.rpartition(":")[2].rpartition(".")[2])
        ):
            return True
    return any(answers_too_many(project, key, call) for e in ir.own_expressions(statement) for call in ir.calls(e))


def answers_too_many(project: Project, key: str, call: Expr) -> bool:
    """Whether a call makes a response (or exception) of status 429."""
    status = ir.keyword(call, "status_code")
    return status is not None and is_answer(call) and status_value(project, key, status) == TOO_MANY


# ---------------------------------------------------------------------------------------------------------- on the way


def route_limited(project: Project, route: Route) -> bool | None:
    """Whether something limits the requests to a route; None where something on the way is not known."""
    found: list[bool | None] = [_dependency(project, wanted) for wanted in all_dependencies(project, route)]
    if route.handler is None or route.unknown_dependencies:
        found.append(None)
    if route.handler is not None:
        found.extend([limits(project, route.handler), _decorated(project, route.handler)])
    if route.app:
        found.extend(_middleware(project, m) for m in app_middleware(project, route.app))
    return True if any(found) else None if None in found else False


def _dependency(project: Project, wanted: Dependency) -> bool | None:
    target = wanted.target
    if target is None:
        text = dotted(
            wanted.expression[1] if ir.is_a(wanted.expression, "call") and wanted.expression else wanted.expression
        )
        return True if text is not None and names_limit(text) else None
    if ":" not in target:
        if is_limiting_library(target) or names_limit(target.rpartition(".")[2]):
            return True
        return False if is_harmless(target) else None
    if names_limit(target.partition(":")[2]):
        return True
    kind = symbol_type(project, target)
    made = kind[1] if kind is not None and kind[0] == "inst" else target
    keys = [*with_nested(project, target), *callee_functions(project, target)]
    call = class_attribute(project, made, "__call__") if ":" in made else None
    if call is not None and ":" in call:
        keys.append(call)
    return any(limits(project, key) for key in keys)


@query
def _decorated(project: Project, handler: str) -> bool:
    """A decorator that limits: slowapi's `@limiter.limit(...)`, one of the project, one by name."""
    function = project.get(Function, handler)
    for decorator in function.decorators if function is not None else ():
        name = dotted(decorator[1] if ir.is_a(decorator, "call") else decorator)
        if name is None or function is None:
            continue
        if names_limit(name) or name.rpartition(".")[2] in ("limit", "shared_limit"):
            return True
        symbol = resolve(project, f"{function.path}:{function.cls or function.parent}", name)
        if is_limiting_library(symbol):
            return True
        if symbol is not None and ":" in symbol and any(limits(project, key) for key in with_nested(project, symbol)):
            return True
    return False


def _middleware(project: Project, middleware: Middleware) -> bool | None:
    target = middleware.target
    if target in SLOWAPI_MIDDLEWARE:
        return default_limits(project)
    if target is None or ":" not in target:
        return is_limiting_library(target) or names_limit(f"{target or ''} {middleware.name}")
    if names_limit(target.partition(":")[2]):
        return True
    return any(limits(project, key) for key in middleware_functions(project, target))


@query
def default_limits(project: Project) -> bool | None:
    """Whether some slowapi Limiter of the project limits every route; None when none is found."""
    calls = [
        call
        for path in project.files()
        if path.endswith(".py") and not is_test(project, path)
        for call in slowapi_limiters(project, path)
    ]
    if not calls:
        return None
    return any(
        ir.keyword(c, "default_limits") or ir.keyword(c, "application_limits") or any(k is None for k, _ in c[3])
        for c in calls
    )


@query
def slowapi_limiters(project: Project, path: str) -> tuple[Expr, ...]:
    """The calls of slowapi's Limiter in a file."""
    return tuple(
        call.call
        for body in project.of_file(Body, path)
        for call in body.calls
        if ir.last_name(call.func) == "Limiter"
        and (name := dotted(call.func)) is not None
        and resolve(project, body.key, name) in SLOWAPI_LIMITERS
    )
