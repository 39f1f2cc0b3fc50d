"""Which code runs once a request, and through which handler or provider."""

from __future__ import annotations

from layercheck.facts.rows import Function
from layercheck.project import Project, query
from layercheck.queries.callers import callers
from layercheck.queries.depends import provider_symbols
from layercheck.queries.file_kinds import is_test
from layercheck.queries.handlers import is_handler
from layercheck.queries.jobs import is_job
from layercheck.queries.roles import is_startup
from layercheck.queries.runs import runs_once_only

_DEPTH = 8
_CONSTRUCTORS = ("__init__", "__post_init__")


@query
def serves(project: Project, key: str) -> bool:
    """Whether a function or class is a handler, or a dependency that keeps nothing."""
    return is_handler(project, key) or (key in provider_symbols(project) and not runs_once_only(project, key))


@query
def request_root(project: Project, key: str) -> str | None:
    """The handler or provider whose calls, directly or through functions and constructors of the project, reach this function.

    Itself when it serves. None when it is not known to run in requests: only start-up code, jobs and tests call it, or what calls
    it keeps the result.
    """
    seen = {key}
    level = [key]
    for _ in range(_DEPTH):
        above = []
        for current in level:
            if _stops(project, current):
                continue
            owner = _constructed(project, current)
            if serves(project, current) or (owner is not None and serves(project, owner)):
                return current if owner is None or not serves(project, owner) else owner
            above += [c.key for c in callers(project, owner or current)]
        level = sorted({_function_around(project, k) for k in above} - seen)
        seen.update(level)
    return None


def _stops(project: Project, key: str) -> bool:
    return (
        key.endswith(":")
        or is_startup(project, key)
        or is_job(project, key)
        or runs_once_only(project, key)
        or is_test(project, key.partition(":")[0])
    )


def _constructed(project: Project, key: str) -> str | None:
    """The class whose constructor a function is."""
    function = project.get(Function, key)
    return f"{function.path}:{function.cls}" if function is not None and function.name in _CONSTRUCTORS else None


def _function_around(project: Project, key: str) -> str:
    """A function inside a handler runs for the handler."""
    function = project.get(Function, key)
    while function is not None and function.parent and not is_handler(project, function.key):
        function = project.get(Function, f"{function.path}:{function.parent}")
    return function.key if function is not None else key
