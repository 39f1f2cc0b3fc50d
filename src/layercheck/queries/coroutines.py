"""Which calls give a coroutine that does nothing until it is awaited."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function, path_of
from layercheck.ir import dotted
from layercheck.knowledge.coroutines import AWAITABLE
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, enclosing
from layercheck.queries.handlers import registrations
from layercheck.queries.symbols import resolve

_HARMLESS = frozenset({
    "abc.abstractmethod", "aiocache.cached", "async_lru.alru_cache", "backoff.on_exception", "backoff.on_predicate",
    "builtins.classmethod", "builtins.staticmethod", "fastapi_cache.decorator.cache", "functools.wraps", "tenacity.retry",
    "typing.final", "typing.override", "typing_extensions.override",
})  # fmt: skip
"""Decorators after which an async function is still one."""
_SCHEDULED = frozenset({"asyncio.AbstractEventLoop.run_in_executor"})
"""Of AWAITABLE: what runs whether it is awaited or not."""


def gives_coroutine(project: Project, body: Body, site: Site) -> bool:
    """Whether a call gives a coroutine (or another awaitable that starts when it is awaited), whatever is done with it.

    A method of something whose annotation names several types, or which an `isinstance` around the call narrows, is not believed.
    """
    target = site.target
    if target is None or _ambiguous(project, body, site):
        return False
    if ":" not in target:
        return target in AWAITABLE and target not in _SCHEDULED
    return is_coroutine_function(project, target)


@query(kept=True)
def _coroutine_functions_in(project: Project, path: str) -> frozenset[str]:
    functions = project.of_file(Function, path)
    return frozenset([function.key for function in functions if function.is_async and not function.is_generator])


def may_give_coroutine(project: Project, target: str) -> bool:
    """Whether something may give a coroutine when it is called, without a look at what surrounds the call."""
    return target in (_coroutine_functions_in(project, path_of(target)) if ":" in target else AWAITABLE)


def _ambiguous(project: Project, body: Body, site: Site) -> bool:
    func = site.call[1]
    if func.__class__ is not str or "." not in func:
        return False
    owner = func.rpartition(".")[0]
    for context in enclosing(body, site.context):
        if context.kind in ("if", "else", "case") and any(
            dotted(call[1]) == "isinstance" and call[2] and dotted(call[2][0]) == owner
            for call in ir.calls(context.info)
        ):
            return True
    function = project.get(Function, body.key)
    params = function.params if function is not None else ()
    return any(p.name == owner and _is_union(p.annotation) for p in params)


def _is_union(annotation: ir.Expr | None) -> bool:
    match annotation:
        case ("op", "|", options):
            pass
        case ("item", head, ("tuple", options), _) if ir.last_name(head) == "Union":
            pass
        case _:
            return False
    return len([option for option in options if option != ("const", None)]) > 1


@query
def is_coroutine_function(project: Project, key: str) -> bool:
    """Whether a project function is `async def` without yield, and no decorator makes something else of it."""
    function = project.get(Function, key)
    if function is None or not function.is_async or function.is_generator:
        return False
    registered = len(registrations(project, key))
    others = [d for d in function.decorators if not _keeps_async(project, function, d)]
    return len(others) <= registered


def _keeps_async(project: Project, function: Function, decorator: ir.Expr) -> bool:
    name = dotted(decorator[1] if ir.is_a(decorator, "call") else decorator)
    symbol = resolve(project, f"{function.path}:{function.cls or function.parent}", name) if name else None
    if symbol is None:
        return False
    if ":" not in symbol:
        return symbol in _HARMLESS
    return _wraps_async(project, symbol)


def _wraps_async(project: Project, decorator: str) -> bool:
    """Whether a decorator of the project has an async wrapper: one that has none may run the coroutine to its end."""
    function = project.get(Function, decorator)
    if function is None:
        return False
    waiting = [function]
    while waiting:
        for qualname in waiting.pop().nested:
            inner = project.get(Function, f"{function.path}:{qualname}")
            if inner is not None:
                if inner.is_async and not inner.is_generator:
                    return True
                waiting.append(inner)
    return False
