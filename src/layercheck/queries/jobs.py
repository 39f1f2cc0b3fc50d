"""Which functions run outside of requests: background tasks, queue workers, scheduled jobs, commands."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.jobs import JOB_DECORATORS, JOB_MODULES, STARTERS
from layercheck.knowledge.names import LAYER_NAMES
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_script
from layercheck.queries.handlers import creates_app, handlers_in
from layercheck.queries.imports import is_imported
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing
from layercheck.queries.words import bodies, has_words


@query
def is_job(project: Project, key: str) -> bool:
    """Whether a function is the entry point of background work: decorated as a task or command, or handed to what starts one."""
    function = project.get(Function, key)
    if function is None:
        return False
    for decorator in function.decorators:
        if ir.last_name(decorator[1] if ir.is_a(decorator, "call") else decorator) in JOB_DECORATORS:
            return True
    return key in started(project)


@query(kept=True)
def is_job_module(project: Project, path: str) -> bool:
    """Whether a module holds background work by its name: `worker.py`, `email_tasks.py`, `jobs/cleanup.py`.

    A module of handlers is none, nor is one whose own name says a layer (`tasks/service.py` is about tasks).
    """
    *folders, name = path.split("/")
    stem = name.removesuffix(".py")
    if handlers_in(project, path) or any(
        stem == n or stem.endswith(f"_{n}") for _, names in LAYER_NAMES for n in names
    ):
        return False
    if stem in JOB_MODULES or stem.endswith(("_tasks", "_jobs", "_job", "_worker", "_workers", "_scheduler", "_cron")):
        return True
    return any(folder in JOB_MODULES for folder in folders)


@query(kept=True)
def runs_alone(project: Project, path: str) -> bool:
    """Whether a module is a script, or has a main block and is imported by nobody: what it opens ends with its process."""
    module = project.imports_in(path)
    if is_script(project, path):
        return True
    return (
        module is not None and module.main_guard and not is_imported(project, path) and not creates_app(project, path)
    )


@query
def started(project: Project) -> frozenset[str]:
    """The project functions that some call starts in the background."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py"):
            found |= started_in(project, path)
    return frozenset(found)


_STARTERS = frozenset(STARTERS)


@query
def started_in(project: Project, path: str) -> frozenset[str]:
    """The functions that the code of one file starts in the background."""
    found: set[str] = set()
    if not has_words(project, path, _STARTERS):
        return frozenset()
    for body in bodies(project, path, lambda said: not _STARTERS.isdisjoint(said.words)):
        for call in body.calls:
            position = STARTERS.get(ir.last_name(call.func))
            if position is None:
                continue
            given = ir.argument(call.call, *position)
            symbol = _function(project, body.key, given, call.at)
            if symbol is not None:
                found.add(symbol)
    return frozenset(found)


def _function(project: Project, key: str, e: Expr | None, at: int) -> str | None:
    """The function behind `f`, `f(x)` (a coroutine), `partial(f, x)`, `self.f`."""
    if e is None:
        return None
    if ir.is_a(e, "call"):
        if ir.last_name(e[1]) == "partial":
            return _function(project, key, e[2][0] if e[2] else None, at)
        return _function(project, key, e[1], at)
    name = dotted(e)
    if name is None:
        return None
    symbol = resolve(project, key, name)
    if symbol is not None:
        return symbol if ":" in symbol and project.get(Function, symbol) is not None else None
    kind = Typing(project, key).name(name, at)
    return kind[1] if kind is not None and kind[0] in ("func", "method") else None
