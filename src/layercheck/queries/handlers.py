"""Which functions are handlers: path operations of FastAPI or Starlette, however they are registered."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import (
    APPLICATIONS,
    HTTP_METHODS,
    ROUTE_ADDERS,
    ROUTE_DECORATORS,
    ROUTERS,
    is_library_router,
)
from layercheck.project import Project, query
from layercheck.queries.symbols import mro, resolve, resolve_first
from layercheck.queries.types import Typing
from layercheck.queries.words import any_ends_with, bodies, has_words, words_in
from layercheck.tuples import NamedTuple


class Registration(NamedTuple):
    """One registration of a handler. `router` is the expression before `.get`; `scope` the key whose names it uses."""

    method: str
    """Lower case: "get", "api_route", "websocket", ..."""
    router: str
    call: Expr
    scope: str


def is_router(project: Project, key: str, name: str) -> bool | None:
    """Whether a dotted name is a router or application; None when its type is not known."""
    found = Typing(project, key).name(name, 1 << 30)
    if found is None:
        first = resolve_first(project, key, name.partition(".")[0])
        return None if first is None or ":" in first else False
    if found[0] == "inst":
        return any(
            base in ROUTERS or (":" not in base and is_library_router(base)) for base in mro(project, found[1])
        ) or (None if ":" in found[1] and _unknown(project, found[1]) else False)
    return None if found[0] == "ext" else False


def _unknown(project: Project, cls: str) -> bool:
    from layercheck.queries.symbols import has_unknown_base

    return has_unknown_base(project, cls)


def _names_router(name: str) -> bool:
    last = name.rpartition(".")[2].lower()
    return "router" in last or last in ("app", "api", "application", "blueprint", "webhooks")


def _path_like(call: Expr) -> bool:
    first = ir.argument(call, 0, "path")
    if first is None:
        return False
    text = ir.text_of(first)
    return text is None or text == "" or text.startswith("/")


def registrations(project: Project, key: str) -> tuple[Registration, ...]:
    """How a function is registered as a handler by its decorators, outermost last."""
    function = project.get(Function, key)
    return () if function is None or not function.decorators else _registrations(project, key)


@query
def _registrations(project: Project, key: str) -> tuple[Registration, ...]:
    function = project.get(Function, key)
    if function is None or not function.decorators:
        return ()
    outside = f"{function.path}:{function.cls or function.parent}"
    found = []
    for decorator in function.decorators:
        one = _registration(project, outside, decorator)
        if one is not None:
            found.append(one)
    return tuple(found)


def _registration(project: Project, scope: str, decorator: Expr) -> Registration | None:
    if not ir.is_a(decorator, "call"):
        return None
    func = decorator[1]
    name = dotted(func)
    if name is not None and "." in name:
        router, _, method = name.rpartition(".")
        if method in ROUTE_DECORATORS and _path_like(decorator):
            known = is_router(project, scope, router)
            if known or (known is None and _names_router(router)):
                return Registration(method, router, decorator, scope)
            return None
    for argument in decorator[2][:2]:  # @protected_route(router.get, "/path", ...)
        inner = dotted(argument)
        if inner is not None and "." in inner:
            router, _, method = inner.rpartition(".")
            if method in HTTP_METHODS and (is_router(project, scope, router) or _names_router(router)):
                return Registration(method, router, decorator, scope)
    return None


@query
def added_handlers(project: Project) -> frozenset[str]:
    """The functions that `add_api_route` and its kin register, by symbol."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py"):
            found |= handlers_added_in(project, path)
    return frozenset(found)


@query
def handlers_added_in(project: Project, path: str) -> frozenset[str]:
    """The functions that the code of one file registers by call."""
    found: set[str] = set()
    if not has_words(project, path, ROUTE_ADDERS):
        return frozenset()
    for body in bodies(project, path, lambda said: not ROUTE_ADDERS.isdisjoint(said.words)):
        for call in body.calls:
            if ir.last_name(call.func) not in ROUTE_ADDERS:
                continue
            target = ir.argument(call.call, 1, "endpoint") or ir.keyword(call.call, "route")
            text = dotted(target) if target is not None else None
            if text is None:
                continue
            symbol = resolve(project, body.key, text)
            if symbol is None:
                kind = Typing(project, body.key).name(text, call.at)
                symbol = kind[1] if kind is not None and kind[0] in ("func", "method") else None
            if symbol is not None and ":" in symbol:
                found.add(symbol)
    return frozenset(found)


def is_handler(project: Project, key: str) -> bool:
    """Whether a function is a path operation."""
    function = project.get(Function, key)
    if function is None:
        return False
    return (bool(function.decorators) and bool(_registrations(project, key))) or key in added_handlers(project)


@query(kept=True)
def handlers_in(project: Project, path: str) -> tuple[str, ...]:
    """The keys of the handlers that a file defines, in source order."""
    return tuple(f.key for f in project.of_file(Function, path) if is_handler(project, f.key))


@query
def defines_router(project: Project, path: str) -> bool:
    """Whether a module makes a router of its own at module level."""
    body = project.get(Body, f"{path}:")
    if body is None:
        return False
    for call in body.calls:
        name = dotted(call.func)
        symbol = resolve(project, body.key, name) if name else None
        if symbol is None:
            continue
        if symbol in ROUTERS and symbol not in APPLICATIONS:
            return True
        if ":" in symbol and project.get(Class, symbol) is not None and any(b in ROUTERS for b in mro(project, symbol)):
            return True
    return False


_APPS = ("FastAPI", "Starlette", "API", "App")


@query(kept=True)
def creates_app(project: Project, path: str) -> bool:
    """Whether a module creates the application (at module level or in a factory)."""
    if not any_ends_with(words_in(project, path), _APPS):
        return False
    for body in bodies(project, path, lambda said: any(word.endswith(_APPS) for word in said.words)):
        for call in body.calls:
            name = dotted(call.func)
            if name is None or not name.rpartition(".")[2].endswith(_APPS):
                continue
            symbol = resolve(project, body.key, name)
            if symbol in APPLICATIONS or (
                symbol is not None and ":" in symbol and any(b in APPLICATIONS for b in mro(project, symbol))
            ):
                return True
    return False
