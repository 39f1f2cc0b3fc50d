"""Whether a function does its work where it is called: cached functions do it once, some decorators do it in a thread."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import dotted
from layercheck.knowledge.blocking import OFFLOADERS
from layercheck.project import Project, query
from layercheck.queries.symbols import resolve
from layercheck.queries.types import has_decorator

_CACHES = frozenset({
    "functools.lru_cache", "functools.cache", "async_lru.alru_cache", "cachetools.cached", "aiocache.cached",
})  # fmt: skip


def runs_once_only(project: Project, key: str) -> bool:
    """Whether a function does its work once and then answers from memory: cached, or a getter that fills a module global."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None or not (function.decorators or "global" in body.words):
        return False
    return _runs_once_only(project, key)


@query
def _runs_once_only(project: Project, key: str) -> bool:
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return False
    if has_decorator(project, function, _CACHES):
        return True
    if body.global_names:
        for statement in body.statements:
            if statement[0] == "if":
                test = statement[1][0][0]
                names = {n for n in ir.walk(test) if n.__class__ is str}
                if names & set(body.global_names):
                    return True
    return False


@query
def runs_elsewhere(project: Project, key: str) -> bool:
    """Whether a decorator makes a coroutine function of a plain one: `@sync_to_async`, or one of the project with an async wrapper."""
    function = project.get(Function, key)
    if function is None or function.is_async:
        return False
    if has_decorator(project, function, frozenset(OFFLOADERS)):
        return True
    names = (dotted(d[1] if ir.is_a(d, "call") else d) for d in function.decorators)
    symbols = (resolve(project, f"{function.path}:{function.cls or function.parent}", name) for name in names if name)
    return any(symbol is not None and _only_async_wrappers(project, symbol) for symbol in symbols)


def _only_async_wrappers(project: Project, decorator: str) -> bool:
    """Whether the innermost functions of a decorator are async, each: one with a plain wrapper too leaves plain functions plain."""
    waiting = [project.get(Function, decorator)]
    leaves = []
    for row in waiting:
        if row is not None and row.nested:
            waiting.extend(project.get(Function, f"{row.path}:{qualname}") for qualname in row.nested)
        elif row is not None and row.key != decorator:
            leaves.append(row)
    return bool(leaves) and all(row.is_async and not row.is_generator for row in leaves)
