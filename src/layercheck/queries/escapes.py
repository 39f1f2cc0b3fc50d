"""Which exceptions of the project leave the routes, and whether a registered handler answers them."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.project import Project, query
from layercheck.queries.callgraph import with_nested
from layercheck.queries.exceptions import BROAD, clauses, exception_handlers
from layercheck.queries.file_kinds import is_test
from layercheck.queries.routes import route_table
from layercheck.queries.statuses import Raised, is_http_exception
from layercheck.queries.symbols import has_unknown_base, mro
from layercheck.queries.types import decorator_symbols
from layercheck.queries.ways_out import exceptions_of


class Escaping(dict[str, tuple[str, Raised]]):
    """exception class -> (a handler that it leaves, one raise). Never changed after it is made."""

    __slots__ = ()


@query
def escaping_exceptions(project: Project) -> Escaping:
    """The project exceptions that come out of routes which an application serves."""
    found: dict[str, tuple[str, Raised]] = {}
    served = sorted({r.handler for r in route_table(project) if r.app and r.handler is not None})
    for handler in served:
        for raised in exceptions_of(project, handler):
            symbol = raised.exception
            if symbol is None or ":" not in symbol or symbol in found or is_http_exception(project, symbol):
                continue
            if raised.key == handler or has_unknown_base(project, symbol) or _raised_in_test(project, raised):
                continue
            if _stopped(project, handler, symbol):
                continue
            found[symbol] = (handler, raised)
    return Escaping(found)


def _stopped(project: Project, handler: str, exception: str) -> bool:
    """Whether a decorator of a route may catch an exception; true as well where what it catches cannot be told."""
    bases = mro(project, exception)
    return any(caught is None or caught in bases for caught in _caught_around(project, handler))


@query
def _caught_around(project: Project, handler: str) -> tuple[str | None, ...]:
    """What the project's own decorators of a route catch, None for what is no class: `except tuple(STATUS_OF):`."""
    found: list[str | None] = []
    for decorator in decorator_symbols(project, handler):
        if decorator is None or project.get(Function, decorator) is None:
            continue
        for key in with_nested(project, decorator):
            for clause in clauses(project, key):
                if any(s[0] == "raise" and s[1] is None for s in clause.body):
                    continue
                found += ["builtins.BaseException"] if clause.bare else [_class(project, t) for t in clause.types]
    return tuple(found)


def _class(project: Project, symbol: str | None) -> str | None:
    return symbol if symbol is not None and (":" not in symbol or project.get(Class, symbol) is not None) else None


def _raised_in_test(project: Project, raised: Raised) -> bool:
    return is_test(project, raised.key.partition(":")[0])


@query
def handled(project: Project, cls: str) -> bool:
    """Whether a handler (or middleware) of the application may answer an exception class; true where that cannot be known."""
    bases = mro(project, cls)
    for registered in exception_handlers(project):
        if registered.exception is None or registered.exception in bases or registered.exception in BROAD:
            return True
    return catches_everything(project)


@query
def catches_everything(project: Project) -> bool:
    """Whether some middleware, route class or decorator of handlers catches exceptions: they never get to the server's 500."""
    for path in project.files():
        if path.endswith(".py") and not is_test(project, path) and _catching_middleware(project, path):
            return True
    return False


@query
def _catching_middleware(project: Project, path: str) -> bool:
    for function in project.of_file(Function, path):
        name = function.name
        last_parameters = {p[0] for p in function.raw_params}
        middleware = "call_next" in last_parameters or (
            name == "__call__" and {"scope", "receive", "send"} <= last_parameters
        )
        if not middleware and name != "custom_route_handler" and name != "dispatch":
            continue
        body = project.get(Body, function.key)
        for statement in ir.statements(body.statements) if body is not None else ():
            if statement[0] == "try" and statement[2]:
                return True
    return False
