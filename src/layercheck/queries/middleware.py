"""The middleware of applications: `add_middleware`, `Middleware(...)` lists and `@app.middleware("http")` functions."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.symbols import class_attribute, mro, resolve
from layercheck.queries.words import bodies
from layercheck.tuples import NamedTuple

_DEPTH = 3
"""How many files away from an application's own file its middleware is looked for: main -> setup -> middleware."""


class Middleware(NamedTuple):
    """One middleware of an application."""

    target: str | None
    """The class or function, of the project or of a library; None when it cannot be resolved."""
    name: str
    """What it is called in the code."""
    call: Expr | None
    """The call that adds it; None for a decorated function."""
    scope: str
    """The key whose names the call uses."""


_ADDING = frozenset({"add_middleware", "Middleware"})


@query(kept=True)
def app_middleware(project: Project, app: str) -> tuple[Middleware, ...]:
    """Every middleware that the file of an application (a router id), or one of the files that it calls, adds."""
    found: dict[Middleware, None] = {}
    for path in _set_up_files(project, app.partition(":")[0]):
        found.update(dict.fromkeys(middleware_in(project, path)))
    return tuple(found)


@query
def middleware_in(project: Project, path: str) -> tuple[Middleware, ...]:
    """The middleware that the code of one file adds."""
    found = []
    for body in bodies(project, path, lambda said: not _ADDING.isdisjoint(said.words)):
        for call in body.calls:
            if ir.last_name(call.func) in _ADDING:
                one = _added(project, body.key, call.call)
                if one is not None:
                    found.append(one)
    for function in project.of_file(Function, path):
        if any(ir.is_a(d, "call") and ir.last_name(d[1]) == "middleware" for d in function.decorators):
            found.append(Middleware(function.key, function.name, None, function.key))
    return tuple(found)


def _added(project: Project, key: str, call: Expr) -> Middleware | None:
    wanted = ir.argument(call, 0, "middleware_class") or ir.keyword(call, "cls")
    if wanted is None:
        return None
    text = dotted(wanted)
    symbol = resolve(project, key, text) if text else None
    if symbol == "starlette.middleware.base.BaseHTTPMiddleware":
        wanted = ir.keyword(call, "dispatch")
        text = dotted(wanted) if wanted is not None else None
        symbol = resolve(project, key, text) if text else None
    return Middleware(symbol, text.rpartition(".")[2] if text else "?", call, key)


@query
def _set_up_files(project: Project, path: str) -> tuple[str, ...]:
    """An application's file and those of the functions that it calls: `register_middleware(app)` in another module."""
    found = [path]
    reached = {path}
    for _ in range(_DEPTH):
        following = {called for one in found for called in _called_files(project, one)} - reached
        reached |= following
        found = sorted(following)
    return tuple(sorted(reached))


@query(kept=True)
def _called_files(project: Project, path: str) -> frozenset[str]:
    return frozenset(
        site.target.partition(":")[0]
        for body in project.of_file(Body, path)
        for site in sites(project, body.key)
        if site.target is not None and project.get(Function, site.target) is not None
    )


@query
def middleware_functions(project: Project, target: str) -> tuple[str, ...]:
    """The project functions that a request passes in a middleware: dispatch or __call__ of a class, the function itself."""
    if project.get(Class, target) is None:
        return (target,) if project.get(Function, target) is not None else ()
    found = (class_attribute(project, target, name) for name in ("dispatch", "__call__"))
    return tuple(f for f in found if f is not None and ":" in f)


def is_middleware(project: Project, middleware: Middleware, names: frozenset[str]) -> bool:
    """Whether a middleware is one of these library classes, or inherits from one."""
    target = middleware.target
    if target is None:
        return False
    return any(base in names for base in mro(project, target)) if ":" in target else target in names
