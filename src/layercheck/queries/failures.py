"""The error statuses that a route can answer with: the exceptions that its handler and dependencies let out, as handlers answer them."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.exceptions import Registered, exception_handlers
from layercheck.queries.parameters import dependency_keys
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.statuses import Raised, is_http_exception, status_value
from layercheck.queries.symbols import mro
from layercheck.queries.ways_out import exceptions_of
from layercheck.tuples import NamedTuple


class Failure(NamedTuple):
    """One way in which a route fails."""

    status: int
    """What the client is answered."""
    raised: Raised
    function: str
    """The handler or dependency that lets the exception out."""


@query
def failures(project: Project, route: Route) -> tuple[Failure, ...]:
    """The statuses of 400 and above that a route can answer with, one raise for each, those of the handler first."""
    found: dict[int, Failure] = {}
    for function in run_by(project, route):
        for raised in exceptions_of(project, function):
            status = answered_status(project, raised)
            if status is not None and 400 <= status <= 599:
                found.setdefault(status, Failure(status, raised, function))
    return tuple(found.values())


@query
def run_by(project: Project, route: Route) -> tuple[str, ...]:
    """The functions that FastAPI calls for a route: the handler, then the dependencies at any depth, as far as they are known."""
    found: dict[str, None] = {route.handler: None} if route.handler is not None else {}
    waiting: list[Dependency] = list(all_dependencies(project, route))
    while waiting:
        wanted = waiting.pop(0)
        if wanted.target is None or ":" not in wanted.target:
            continue
        for key in dependency_keys(project, wanted.target, wanted.called):
            if key not in found:
                found[key] = None
                waiting.extend(d.dependency for d in declared_dependencies(project, key))
    return tuple(found)


def answered_status(project: Project, raised: Raised) -> int | None:
    """What a client gets for an exception: its own status, or the one that the handler registered for its class answers."""
    if raised.exception is None:
        return None
    registered = registered_for(project, raised.exception)
    said = None
    if registered is not None and registered.handler is not None and ":" in registered.handler:
        said = _handler_status(project, registered.handler, raised)
    if said is None and is_http_exception(project, raised.exception):
        return raised.status
    return said


@query
def registered_for(project: Project, exception: str) -> Registered | None:
    """The handler that answers an exception class: Starlette takes the one for the nearest base."""
    handlers = exception_handlers(project)
    for base in mro(project, exception):
        for registered in handlers:
            if registered.exception == base:
                return registered
    return None


def _handler_status(project: Project, handler: str, raised: Raised) -> int | None:
    """The one status that an exception handler answers; None when there are several, or one that is not known."""
    function = project.get(Function, handler)
    body = project.get(Body, handler)
    if function is None or body is None:
        return None
    names = [p.name for p in function.params]
    exception = names[-1] if names else ""
    found = {_status_of_answer(project, body, exception, e, raised) for e in _returned(body)}
    return found.pop() if len(found) == 1 else None


def _returned(body: Body) -> Iterator[Expr | None]:
    for statement in ir.statements(body.statements):
        if statement[0] == "return":
            value = statement[1]
            if value.__class__ is str:
                value = _local(body, value)
            yield value


def _local(body: Body, name: str) -> Expr | None:
    """The value of a local name that is bound once."""
    values = [raw[2] for raw in body.raw_binds if raw[0] == name]
    return values[0] if len(values) == 1 else None


def _status_of_answer(project: Project, body: Body, exception: str, e: Expr | None, raised: Raised) -> int | None:
    """The status of `JSONResponse(..., status_code=...)` in a handler; that of the exception where the handler takes it from there."""
    if not ir.is_a(e, "call") or e is None:
        return None
    given = ir.argument(e, 1, "status_code")
    if given.__class__ is str:
        given = _local(body, given) or given
    if ir.is_a(given, "call") and given is not None and dotted(given[1]) == "getattr" and given[2][:1] == (exception,):
        return raised.status if raised.status is not None else raised.carried
    name = dotted(given) if given is not None else None
    if name is not None and name.startswith(f"{exception}.") and name.count(".") == 1:
        return raised.status if raised.status is not None else raised.carried
    return status_value(project, body.key, given)
