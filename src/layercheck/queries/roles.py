"""What a function is for: a provider, start-up code, a background job."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.ir import dotted
from layercheck.project import Project, query
from layercheck.queries.depends import provider_symbols
from layercheck.queries.handlers import handlers_in, is_handler
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing, has_decorator
from layercheck.queries.unreadable import unreadable_names
from layercheck.queries.words import bodies, has_words

_STARTUP_NAMES = (
    "lifespan",
    "startup",
    "on_startup",
    "shutdown",
    "on_shutdown",
    "init_db",
    "create_tables",
    "create_db_and_tables",
    "seed",
)
_MAKES = frozenset({"__call__", "__init__", "__post_init__", "__attrs_post_init__"})
"""The methods that run when a class is a dependency."""
_CONTEXT = frozenset({"contextlib.asynccontextmanager", "contextlib.contextmanager"})


@query
def is_provider(project: Project, key: str) -> bool:
    """Whether a function is reached through Depends: named as a dependency somewhere, or a method of a class that is."""
    function = project.get(Function, key)
    return is_surely_provider(project, key) or (function is not None and _named_in_the_dark(project, function))


@query
def is_surely_provider(project: Project, key: str) -> bool:
    """Whether a function is reached through Depends, as far as the code that can be read says."""
    found = provider_symbols(project)
    if key in found:
        return True
    function = project.get(Function, key)
    if function is None or not function.cls or is_handler(project, key):
        return False
    cls = f"{function.path}:{function.cls}"
    return function.name in _MAKES and (cls in found or cls in _provider_instances(project))


def _named_in_the_dark(project: Project, function: Function) -> bool:
    """Whether a file that cannot be parsed names a function: it may be a dependency or start-up code there. A handler is a handler."""
    return function.name in unreadable_names(project) and not is_handler(project, function.key)


@query
def _provider_instances(project: Project) -> frozenset[str]:
    """The classes of module-level instances that are named as dependencies."""
    from layercheck.queries.types import symbol_type

    classes = set()
    for symbol in provider_symbols(project):
        kind = symbol_type(project, symbol)
        if kind is not None and kind[0] == "inst":
            classes.add(kind[1])
    return frozenset(classes)


@query
def in_provider(project: Project, key: str) -> bool:
    """Whether code belongs to a provider: the function itself, or one around it.

    A class that is a dependency (`books: BookRepository = Depends()`) has a provider in its `__init__`; its other methods are what they are.
    """
    path, _, qualname = key.partition(":")
    while qualname:
        around = f"{path}:{qualname}"
        if project.get(Function, around) is not None and is_provider(project, around):
            return True
        qualname = qualname.rpartition(".")[0]
    return False


@query
def is_startup(project: Project, key: str) -> bool:
    """Lifespan and start-up or shut-down code: `@app.on_event`, a lifespan context manager, `seed_*`, `init_db`."""
    path, _, qualname = key.partition(":")
    while qualname:
        function = project.get(Function, f"{path}:{qualname}")
        if function is not None and _starts(project, function):
            return True
        qualname = qualname.rpartition(".")[0]
    return False


def _starts(project: Project, function: Function) -> bool:
    name = function.name.lstrip("_").lower()
    if (
        name in _STARTUP_NAMES
        or name.startswith(("seed_", "lifespan", "init_db", "initial_data", "populate_", "bootstrap"))
        or name.endswith("_lifespan")
    ):
        return True
    for decorator in function.decorators:
        if ir.is_a(decorator, "call") and ir.last_name(decorator[1]) in ("on_event", "add_event_handler"):
            return True
    if has_decorator(project, function, _CONTEXT) and function.raw_params:
        first = function.params[0]
        text = dotted(first.annotation) if first.annotation is not None else None
        return first.name == "app" or (text is not None and text.rpartition(".")[2] in ("FastAPI", "Starlette"))
    return function.key in lifespans(project) or _named_in_the_dark(project, function)


_WORKER_FOLDERS = frozenset({
    "tasks", "workers", "worker", "jobs", "background", "celery_tasks", "schedulers", "consumers", "pipeline_tasks", "cron",
})  # fmt: skip
_TASK_DECORATORS = frozenset(
    {"task", "shared_task", "actor", "cron", "job", "periodic_task", "scheduled_job", "broker_task", "activity"}
)


@query
def is_worker(project: Project, key: str) -> bool:
    """Code that a queue or a scheduler runs: decorated as a task, or in a folder of workers that holds no handlers."""
    path, _, qualname = key.partition(":")
    folders = path.split("/")[:-1]
    if any(f in _WORKER_FOLDERS for f in folders) and not _has_handlers(project, path.rpartition("/")[0]):
        return True
    while qualname:
        function = project.get(Function, f"{path}:{qualname}")
        if function is not None and any(
            ir.last_name(d[1] if ir.is_a(d, "call") else d) in _TASK_DECORATORS
            or dotted(d[1] if ir.is_a(d, "call") else d) in _TASK_DECORATORS
            for d in function.decorators
        ):
            return True
        qualname = qualname.rpartition(".")[0]
    return False


@query
def _has_handlers(project: Project, folder: str) -> bool:
    """Whether a file of the folder has path operations: `app/tasks/` may be a feature about tasks."""
    return any(
        path.endswith(".py") and path.rpartition("/")[0] == folder and handlers_in(project, path)
        for path in project.files()
    )


@query
def lifespans(project: Project) -> frozenset[str]:
    """The functions handed to `FastAPI(lifespan=...)`, `add_event_handler`, `on_startup=[...]`."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py"):
            found |= lifespans_named_in(project, path)
    return frozenset(found)


_AT_START = frozenset({"lifespan", "on_startup", "on_shutdown"})
_REGISTERING = _AT_START | {"add_event_handler"}


@query
def lifespans_named_in(project: Project, path: str) -> frozenset[str]:
    """The start-up functions that the code of one file registers."""
    found: set[str] = set()
    if not has_words(project, path, _REGISTERING):
        return frozenset()
    for body in bodies(project, path, lambda said: not _REGISTERING.isdisjoint(said.words)):
        for call in body.calls:
            values: list[ir.Expr] = []
            for name in _AT_START:
                value = ir.keyword(call.call, name)
                if value is not None:
                    values.extend(value[1] if ir.is_a(value, "list") else [value])
            if ir.last_name(call.func) == "add_event_handler" and len(call.call[2]) > 1:
                values.append(call.call[2][1])
            for value in values:
                text = dotted(value)
                symbol = resolve(project, body.key, text) if text else None
                if symbol is None and text is not None:
                    kind = Typing(project, body.key).name(text, call.at)
                    symbol = kind[1] if kind is not None and kind[0] in ("func", "method") else None
                if symbol is not None and ":" in symbol:
                    found.add(symbol)
    return frozenset(found)
