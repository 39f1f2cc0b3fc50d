"""Functions that are handed over instead of being called: to a thread, a task group, `map`, a function of the project that loops."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr
from layercheck.knowledge.blocking import OFFLOADERS
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments, in_lambda, in_loop
from layercheck.queries.listed import is_listed
from layercheck.queries.loops import innermost_loop, is_harmless, loops_around, runs_once
from layercheck.queries.types import Typing

_RUNNERS = {
    **{name: at for name, at in OFFLOADERS.items() if not name.endswith((".map", ".add_task", ".BackgroundTask"))},
    "anyio.abc.TaskGroup.start_soon": 0,
    "trio.Nursery.start_soon": 0,
}
_MAPPERS = frozenset({
    "builtins.filter", "builtins.map", "concurrent.futures.Executor.map", "concurrent.futures.ProcessPoolExecutor.map",
    "concurrent.futures.ThreadPoolExecutor.map",
})  # fmt: skip


def run_by(project: Project, key: str, site: Site) -> str | None:
    """The project function that a call runs for its caller: `to_thread(load, key)`, `group.start_soon(load, key)`."""
    position = _RUNNERS.get(site.target or "")
    if position is None and site.target is None and ir.last_name(site.call[1]) == "start_soon":
        position = 0
    if position is None or len(site.call[2]) <= position:
        return None
    return named_function(project, key, site.call[2][position], site.at)


def looped_by(project: Project, body: Body, site: Site) -> str | None:
    """The project function that a call runs once for each item: `map(load, keys)`, `each(keys, load)` of a function that loops."""
    if site.target in _MAPPERS:
        args = site.call[2]
        if len(args) < 2 or is_listed(project, body, args[1]):
            return None
        return named_function(project, body.key, args[0], site.at)
    if site.target is None or ":" not in site.target or not (site.call[2] or site.call[3]):
        return None
    looped = looped_parameters(project, site.target)
    if not looped:
        return None
    given = bound_arguments(project, site.target, site)
    found = (named_function(project, body.key, given[name], site.at) for name in looped if given.get(name) is not None)
    return next((f for f in found if f is not None), None)


def partial_of(project: Project, body: Body, site: Site) -> str | None:
    """The project function behind a local name that holds `partial(function, ...)`, where that name is called."""
    name = site.call[1]
    values = [raw for raw in body.raw_binds if raw[0] == name]
    if name.__class__ is not str or len(values) != 1 or values[0][1] != "=" or not ir.is_a(values[0][2], "call"):
        return None
    made = values[0][2]
    return named_function(project, body.key, made, site.at) if ir.last_name(made[1]) == "partial" else None


def in_handed_lambda(project: Project, body: Body, call: Expr, outer: Site) -> bool:
    """Whether a call stands in a lambda that is handed to a function of the project which calls it in a loop over data."""
    given = [e for e in (*outer.call[2], *(v for _, v in outer.call[3])) if ir.is_a(e, "lambda")]
    if outer.target is None or ":" not in outer.target or not any(n == call for e in given for n in ir.walk(e[2])):
        return False
    bound = bound_arguments(project, outer.target, outer)
    found = [bound.get(name) for name in looped_parameters(project, outer.target)]
    return any(e is not None and ir.is_a(e, "lambda") and any(n == call for n in ir.walk(e[2])) for e in found)


def looped_parameters(project: Project, key: str) -> tuple[str, ...]:
    """The parameters of a function that it calls in a loop over data, once an iteration."""
    function = project.get(Function, key)
    if function is None or not function.raw_params:
        return ()
    body = project.get(Body, key)
    if body is None or not ("for" in body.words or "while" in body.words):
        return ()
    return _looped_parameters(project, key)


@query
def _looped_parameters(project: Project, key: str) -> tuple[str, ...]:
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return ()
    bound = {raw[0] for raw in body.raw_binds}
    names = [p[0] for p in function.raw_params if p[0] not in bound]
    found = []
    for call, context, _, _ in body.raw_calls:
        if (
            call[1] in names
            and in_loop(body, context)
            and not in_lambda(body, context)
            and not runs_once(body, context, call[4])
        ):
            loops = loops_around(body, context)
            spared = all(
                is_harmless(project, body, loop) or (loop.kind != "while" and is_listed(project, body, loop.info[0]))
                for loop in loops
            )
            if innermost_loop(body, context) is not None and not spared:
                found.append(call[1])
    return tuple(dict.fromkeys(found))


def named_function(project: Project, key: str, e: Expr, at: int) -> str | None:
    """The project function that an expression names; `partial(function, ...)` is that function."""
    if ir.is_a(e, "call") and ir.last_name(e[1]) == "partial" and e[2]:
        return named_function(project, key, e[2][0], at)
    if ir.dotted(e) is None and not ir.is_a(e, "attr"):
        return None
    kind = Typing(project, key).type(e, at)
    return kind[1] if kind is not None and kind[0] in ("func", "method") else None
