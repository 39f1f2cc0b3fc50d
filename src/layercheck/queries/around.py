"""What runs around a body without being called in it: the exits of its context managers, the wrappers of its decorators."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Context, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.symbols import class_attribute, resolve
from layercheck.queries.types import Typing
from layercheck.tuples import NamedTuple

_EXITS = ("__exit__", "__aexit__")


class Around(NamedTuple):
    """A project function that runs around code: its key, the ordinal it is tied to in the body (-1: all of it), the context there."""

    callee: str
    at: int
    context: int


def around(project: Project, key: str) -> tuple[Around, ...]:
    """The `__exit__` of each project class that a `with` of the body enters, and the wrappers of the function's own decorators."""
    body = project.get(Body, key)
    if body is None:
        return ()
    found = [Around(w, -1, 0) for w in decorator_wrappers(project, key)]
    typing = Typing(project, key)
    for raw in body.raw_contexts[1:]:
        structure = Context._make(raw)
        if structure.kind != "with":
            continue
        for manager, _ in structure.info[0]:
            exit_ = exit_of(project, typing, manager, structure.construct)
            if exit_ is not None:
                found.append(Around(exit_, structure.construct, structure.parent))
    return tuple(found)


@query
def async_entered(project: Project, key: str) -> frozenset[int]:
    """The ordinals of the calls of a body that `async with` enters."""
    body = project.get(Body, key)
    return frozenset(
        context[4]
        for statement in ir.statements(body.statements if body is not None else ())
        if statement[0] == "with" and statement[3]
        for context, _ in statement[1]
        if ir.is_a(context, "call")
    )


def entered(project: Project, key: str) -> tuple[Around, ...]:
    """The plain `__enter__` and `__exit__` that run for `with Manager(...):`, each tied to the call that makes the manager."""
    managers = [s for s in sites(project, key) if s.use == "with" and s.target is not None and ":" in s.target]
    if not managers:
        return ()
    found = []
    typing = Typing(project, key)
    for site in managers:
        if site.at in async_entered(project, key):
            continue
        kind = typing.type(site.call, site.at)
        if kind is None or kind[0] != "inst" or ":" not in kind[1]:
            continue
        for name in ("__enter__", "__exit__"):
            method = class_attribute(project, kind[1], name)
            row = project.get(Function, method) if method is not None else None
            if row is not None and not row.is_async:
                found.append(Around(row.key, site.at, site.context))
    return tuple(found)


def exit_of(project: Project, typing: Typing, manager: Expr, at: int) -> str | None:
    """The project function that runs when `with manager:` is left, or None."""
    kind = typing.type(manager, at)
    if kind is None or kind[0] != "inst" or ":" not in kind[1]:
        return None
    for name in _EXITS:
        found = class_attribute(project, kind[1], name)
        if found is not None and project.get(Function, found) is not None:
            return found
    return None


def decorator_wrappers(project: Project, key: str) -> tuple[str, ...]:
    """The inner functions of the project's decorators on a function: what runs when the function is called."""
    function = project.get(Function, key)
    if function is None or not function.decorators:
        return ()
    outside = f"{function.path}:{function.cls or function.parent}"
    found: list[str] = []
    for decorator in function.decorators:
        name = dotted(decorator[1] if ir.is_a(decorator, "call") else decorator)
        symbol = resolve(project, outside, name) if name else None
        if symbol is None or ":" not in symbol:
            continue
        if project.get(Class, symbol) is not None:
            symbol = class_attribute(project, symbol, "__call__")
        if symbol is not None and ":" in symbol:
            found.extend(_inner_functions(project, symbol))
    return tuple(dict.fromkeys(found))


def _inner_functions(project: Project, key: str) -> list[str]:
    function = project.get(Function, key)
    if function is None:
        return []
    found = []
    for qualname in function.nested:
        inner = f"{function.path}:{qualname}"
        found.append(inner)
        found.extend(_inner_functions(project, inner))
    return found
