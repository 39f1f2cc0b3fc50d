"""Log calls: is this call one, of which level, on which kind of logger, and does it carry the traceback.

Loggers are recognised by what they are bound to (logging.getLogger, loguru, structlog) and, where that cannot be seen, by their
name: `logger.error(...)`, `self._log.info(...)`. Functions of the project that do nothing but log count as log calls.
"""

from __future__ import annotations

import re
from functools import lru_cache

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.symbols import binding, resolve
from layercheck.queries.words import any_ends_with, bodies, words_in
from layercheck.tuples import NamedTuple

LEVELS = {
    "debug": "debug", "info": "info", "success": "info", "trace": "debug", "notice": "info", "warning": "warning", "warn": "warning",
    "error": "error", "exception": "exception", "critical": "critical", "fatal": "critical", "log": "log",
    "adebug": "debug", "ainfo": "info", "awarning": "warning", "aerror": "error", "aexception": "exception", "acritical": "critical",
}  # fmt: skip
ROOT, STDLIB, LOGURU, STRUCTLOG, NAMED, WRAPPER = "root", "stdlib", "loguru", "structlog", "named", "wrapper"
_LOGGER_WORD = pattern(r"(?:^|_)(?:log|logger|logging|logs)(?:_|$|\d)|[lL]ogger$")
_MAKERS = {
    "logging.getLogger": STDLIB,
    "logging.LoggerAdapter": STDLIB,
    "logging.Logger": STDLIB,
    "structlog.get_logger": STRUCTLOG,
    "structlog.getLogger": STRUCTLOG,
    "structlog.stdlib.get_logger": STRUCTLOG,
    "structlog.wrap_logger": STRUCTLOG,
    "loguru.logger": LOGURU,
    "celery.utils.log.get_task_logger": STDLIB,
}


class LogCall(NamedTuple):
    """One log call. `arguments` are what is logged: the message first, keywords of the logging protocol left out."""

    level: str
    logger: str
    call: Expr
    arguments: tuple[Expr, ...]
    traceback: bool


def log_call(project: Project, key: str, site: Site) -> LogCall | None:
    """What a call logs, or None for any other call. `key` is the body around it."""
    func = site.call[1]
    level = LEVELS.get(ir.last_name(func))
    if level is not None:
        kind = _logger_kind(project, key, site)
        if kind is not None:
            return _described(project, key, site, level, kind)
    if site.target is not None and ":" in site.target and _may_only_log(project, site.target):
        wrapped = wrapped_level(project, site.target)
        if wrapped is not None:
            values = (*site.call[2], *(value for _, value in site.call[3]))
            carries = wrapped[1] or _passes_traceback(site.call)
            return LogCall(wrapped[0], WRAPPER, site.call, values, carries)
    return None


def _described(project: Project, key: str, site: Site, level: str, kind: str) -> LogCall:
    call = site.call
    arguments = call[2]
    if level == "log":
        level = _level_argument(arguments[0]) if arguments else "log"
        arguments = arguments[1:]
    protocol = ("exc_info", "stack_info", "stacklevel")
    values = (*arguments, *(value for name, value in call[3] if name not in protocol))
    return LogCall(level, kind, call, values, _carries_traceback(call, level))


def _level_argument(e: Expr) -> str:
    name = (ir.text_of(e) or ir.last_name(e)).lower()
    return LEVELS.get(name, "log")


def _carries_traceback(call: Expr, level: str) -> bool:
    given = ir.keyword(call, "exc_info")
    if level == "exception":
        return given is None or given not in (("const", False), ("const", None))
    return _passes_traceback(call)


def _passes_traceback(call: Expr) -> bool:
    given = ir.keyword(call, "exc_info")
    if given is not None and given not in (("const", False), ("const", None)):
        return True
    if any(name is None for name, _ in call[3]):  # **extra may hold exc_info
        return True
    for inner in ir.calls(call):
        if inner is call:
            continue
        name = ir.last_name(inner[1])
        if name in ("format_exc", "format_exception", "format_tb", "exc_info", "print_exc"):
            return True
        if name == "opt" and ir.argument(inner, 1, "exception") not in (None, ("const", False), ("const", None)):
            return True
    for node in ir.walk(call):  # a variable that holds what format_exc() made: logger.error(tb)
        text = dotted(node) if node.__class__ is str or ir.is_a(node, "ref") else None
        if text is not None and _names_traceback(text):
            return True
    return False


@lru_cache(maxsize=1 << 14)
def _names_traceback(name: str) -> bool:
    return re.search(r"(?:^|[._])(?:tb|traceback|stack_?trace|exc_info|formatted_exc)", name.lower()) is not None


def _logger_kind(project: Project, key: str, site: Site) -> str | None:
    """The kind of logger that a method is called on, or None when the object is no logger."""
    target = site.target
    if target is not None and ":" not in target:
        owner = target.rpartition(".")[0]
        if owner == "logging":
            return ROOT
        for prefix, kind in (("logging.", STDLIB), ("loguru.", LOGURU), ("structlog.", STRUCTLOG)):
            if target.startswith(prefix):
                return kind
        return NAMED if _LOGGER_WORD.search(owner.rpartition(".")[2]) else None
    func = site.call[1]
    owner_expression: Expr = (
        func.rpartition(".")[0] if func.__class__ is str else func[1] if ir.is_a(func, "attr") else ""
    )
    if owner_expression == "":
        return None
    return _kind_of(project, key, owner_expression)


def _kind_of(project: Project, key: str, owner: Expr) -> str | None:
    if ir.is_a(
        owner, "call"
    ):  # logger.opt(...).error, logger.bind(...).info, logging.getLogger(...).info, get_logger().info
        func = owner[1]
        name = dotted(func)
        if name is not None and resolve(project, key, name) == "logging.getLogger" and not owner[2] and not owner[3]:
            return ROOT
        last = ir.last_name(func)
        if last in ("opt", "bind", "contextualize", "new", "patch", "getChild"):
            inner: Expr = func.rpartition(".")[0] if func.__class__ is str else func[1]
            return _kind_of(project, key, inner)
        symbol = resolve(project, key, name) if name else None
        return _MAKERS.get(symbol or "") or (NAMED if _LOGGER_WORD.search(last) else None)
    name = dotted(owner)
    if name is None:
        return NAMED if ir.is_a(owner, "attr") and _LOGGER_WORD.search(owner[2]) else None
    found = made_by(project, key, name)
    return found or (NAMED if _LOGGER_WORD.search(name.rpartition(".")[2]) else None)


@query
def made_by(project: Project, key: str, name: str) -> str | None:
    """The kind of logger that a name is bound to at module level (here or where it is imported from), or None."""
    symbol = resolve(project, key, name)
    if symbol is None:
        return None
    if ":" not in symbol:
        return _MAKERS.get(symbol)
    if symbol.endswith(":"):
        return None
    bind = binding(project, symbol)
    if bind is None or bind.value is None:
        return None
    module = f"{symbol.partition(':')[0]}:"
    value = bind.value
    if ir.is_a(value, "call"):
        maker = dotted(value[1])
        made = resolve(project, module, maker) if maker else None
        if made == "logging.getLogger" and not value[2] and not value[3]:
            return ROOT
        return _MAKERS.get(made or "")
    again = dotted(value)
    return made_by(project, module, again) if again is not None and again != name else None


_MORE = frozenset({"except", "raise", "while", "yield"})


def _may_only_log(project: Project, function: str) -> bool:
    """A cheap look before `wrapped_level`: most functions end with a value."""
    body = project.get(Body, function)
    if body is None or not _MORE.isdisjoint(body.words) or not body.statements:
        return False
    last = body.statements[-1]
    return last[0] != "return" or last[1] is None or last[1] == ("const", None)


@query(bottom=None)
def wrapped_level(project: Project, function: str) -> tuple[str, bool] | None:
    """(level, carries the traceback) of a project function that does nothing but write its parameters to a logger, else None."""
    row = project.get(Function, function)
    body = project.get(Body, function)
    if row is None or body is None or not row.raw_params or row.is_generator or not body.statements:
        return None
    found = None
    by_at: dict[int, Site] | None = None
    for statement in ir.statements(body.statements):
        if statement[0] in ("pass", "if", "assign", "ann", "import"):
            if not all(_harmless(call) for e in ir.own_expressions(statement) for call in ir.calls(e)):
                return None
            continue
        if statement[0] == "return" and statement[1] in (None, ("const", None)):
            continue
        if statement[0] != "expr":
            return None
        e = statement[1]
        while ir.is_a(e, "await"):
            e = e[1]
        if ir.text_of(e) is not None:
            continue
        if by_at is None:
            by_at = {site.at: site for site in sites(project, function)}
        site = by_at.get(e[4]) if ir.is_a(e, "call") else None
        logged = log_call(project, function, site) if site is not None else None
        if logged is None:
            return None
        if found is not None and found[0] != logged.level:
            return None
        if found is None or logged.traceback:
            found = (logged.level, logged.traceback or ir.keyword(logged.call, "exc_info") is not None)
    return found


def _harmless(call: Expr) -> bool:
    """Calls that a logging helper makes to put its message together."""
    return ir.last_name(call[1]) in _FORMATTING


_FORMATTING = frozenset({
    "str", "repr", "len", "dict", "list", "type", "getattr", "isinstance", "hasattr", "dumps", "join", "format", "items", "time",
    "now", "utcnow", "isoformat", "perf_counter", "monotonic", "getLogger", "get_logger", "bind", "round", "lower", "upper", "sorted",
})  # fmt: skip


def log_calls(project: Project, key: str) -> dict[int, LogCall]:
    """The log calls of a body by ordinal."""
    return {logged.call[4]: logged for logged in _log_calls(project, key)}


@query
def _log_calls(project: Project, key: str) -> tuple[LogCall, ...]:
    found = (log_call(project, key, site) for site in sites(project, key))
    return tuple(logged for logged in found if logged is not None)


@query
def structlog_adds_tracebacks(project: Project) -> bool:
    """Whether the project configures structlog so that errors carry exc_info by themselves (set_exc_info in its processors)."""
    return any(path.endswith(".py") and _names_set_exc_info(project, path) for path in project.files())


@query
def _names_set_exc_info(project: Project, path: str) -> bool:
    return any_ends_with(words_in(project, path), _PROCESSORS) and any(
        ir.is_a(e, "ref") and e[1].endswith(_PROCESSORS)
        for body in bodies(project, path, lambda said: any(word.endswith(_PROCESSORS) for word in said.words))
        for e in ir.expressions(body.statements)
    )


_PROCESSORS = ("set_exc_info", "format_exc_info", "dict_tracebacks")
