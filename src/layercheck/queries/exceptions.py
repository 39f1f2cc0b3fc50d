"""Except clauses: what they catch, and what their bodies do with it."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.symbols import mro, resolve
from layercheck.queries.words import bodies, has_words, words_in_heads
from layercheck.tuples import NamedTuple

BROAD = frozenset({"builtins.Exception", "builtins.BaseException"})
TRANSPORT_ROOTS = frozenset({
    "httpx", "requests", "aiohttp", "urllib3", "urllib", "botocore", "boto3", "redis", "pymongo", "motor", "psycopg", "psycopg2", "asyncpg",
    "aiomysql", "pymysql", "MySQLdb", "sqlite3", "aiosqlite", "sqlalchemy", "smtplib", "aiosmtplib", "elasticsearch", "kafka", "aiokafka",
    "pika", "aio_pika", "ldap3", "ldap", "paramiko", "socket", "ssl", "grpc", "databases", "tortoise", "peewee", "asyncio", "aiobotocore",
})  # fmt: skip
_SYSTEM = frozenset({
    "builtins.OSError", "builtins.IOError", "builtins.ConnectionError", "builtins.TimeoutError", "builtins.ConnectionRefusedError",
})  # fmt: skip
_NOT_ERRORS = frozenset({"sqlalchemy.exc.NoResultFound", "sqlalchemy.orm.exc.NoResultFound", "asyncio.CancelledError"})


class Clause(NamedTuple):
    """One `except` of a try statement."""

    key: str
    """The function (class, module) whose code it is."""
    at: int
    """Ordinal of the except line."""
    name: str | None
    body: tuple[Stmt, ...]
    types: tuple[str | None, ...]
    """The symbols it names; None for one that is not known; empty for a bare except."""
    bare: bool
    tried: tuple[Stmt, ...]
    """The body of its try."""
    before: tuple[tuple[str | None, ...], ...]
    """The types of the clauses before it."""
    construct: int
    """Ordinal of the try statement."""

    @property
    def broad(self) -> bool:
        """Bare, Exception or BaseException."""
        return self.bare or any(t in BROAD for t in self.types)


def caught_symbols(project: Project, key: str, types: Expr | None) -> tuple[str | None, ...]:
    """The symbols that an except line names; None for those that cannot be resolved."""
    if types is None:
        return ()
    names = types[1] if ir.is_a(types, "tuple") else (types,)
    return tuple(resolve(project, key, text) if (text := dotted(n)) is not None else None for n in names)


@query
def clauses(project: Project, key: str) -> tuple[Clause, ...]:
    """Every except clause of a body, in source order."""
    body = project.get(Body, key)
    if body is None or "except" not in body.words:
        return ()
    out = []
    for statement in ir.statements(body.statements):
        if statement[0] != "try":
            continue
        before: list[tuple[str | None, ...]] = []
        for types, name, inner, at in statement[2]:
            symbols = caught_symbols(project, key, types)
            out.append(Clause(key, at, name, inner, symbols, types is None, statement[1], tuple(before), statement[-1]))
            before.append(symbols)
    return tuple(out)


def is_transport(project: Project, symbol: str | None) -> bool:
    """Whether an exception class comes from a network client or a database driver: its text is not meant for clients."""
    if symbol is None or symbol in _NOT_ERRORS:
        return False
    if ":" in symbol:
        return False
    return symbol in _SYSTEM or symbol.partition(".")[0] in TRANSPORT_ROOTS


def raises(block: tuple[Stmt, ...]) -> bool:
    """Whether some statement of a block raises."""
    return any(s[0] == "raise" for s in ir.statements(block))


def always_raises(block: tuple[Stmt, ...]) -> bool:
    """Whether the last statement of a block raises on every way."""
    if not block:
        return False
    last = block[-1]
    if last[0] == "raise":
        return True
    if last[0] == "if":
        return bool(last[2]) and always_raises(last[2]) and all(always_raises(body) for _, body in last[1])
    if last[0] == "with":
        return always_raises(last[2])
    return False


def mentions(e: Expr, name: str) -> bool:
    """Whether an expression uses a name, itself or through its attributes."""
    for node in ir.walk(e):
        if node == name:
            return True
        if node.__class__ is str and node.startswith(f"{name}."):
            return True
        if ir.is_a(node, "ref") and node[1].partition(".")[0] == name:
            return True
    return False


def block_calls(block: tuple[Stmt, ...]) -> set[int]:
    """The ordinals of the calls of a block, nested statements included."""
    return {c[4] for s in ir.statements(block) for e in ir.own_expressions(s) for c in ir.calls(e)}


@query(bottom=False)
def reports_or_raises(project: Project, function: str, depth: int = 3) -> bool:
    """Whether a project function logs, raises or hands an error on, itself or through what it calls: calling it deals with a failure."""
    from layercheck.queries.logging_calls import log_call

    body = project.get(Body, function)
    if body is None:
        return False
    if raises(body.statements):
        return True
    for site in sites(project, function):
        if log_call(project, function, site) is not None or ir.last_name(site.call[1]) in REPORTERS:
            return True
        if depth and site.target is not None and ":" in site.target and project.get(Function, site.target) is not None:
            if reports_or_raises(project, site.target, depth - 1):
                return True
    return False


REPORTERS = frozenset({
    "capture_exception", "capture_message", "captureException", "record_exception", "report_exception", "notice_error", "exc_info",
    "format_exc", "print_exc", "format_exception", "print_exception", "set_exception", "exit", "_exit", "abort", "fail", "skip", "add_exception", "set_status",
    "record_error", "set_error", "mark_failed", "report_error", "send_error", "on_error", "handle_error", "handle_exception",
})  # fmt: skip
"""Callees that pass a failure on: error reporters, spans, tracebacks, the end of the process."""


class Registered(NamedTuple):
    """One exception handler of an application."""

    exception: str | None
    """Symbol of the exception class; None when unknown, "" for a status code."""
    handler: str | None


@query
def exception_handlers(project: Project) -> tuple[Registered, ...]:
    """Every exception handler that the project registers: decorators, add_exception_handler, exception_handlers=."""
    out: list[Registered] = []
    for path in project.files():
        if path.endswith(".py"):
            out.extend(exception_handlers_in(project, path))
    return tuple(out)


_REGISTERING = frozenset({"add_exception_handler", "exception_handler", "exception_handlers"})


@query
def exception_handlers_in(project: Project, path: str) -> tuple[Registered, ...]:
    """The exception handlers that the code of one file registers."""
    out: list[Registered] = []
    decorates = "exception_handler" in words_in_heads(project, path)
    for function in project.of_file(Function, path) if decorates else ():
        for decorator in function.decorators:
            if ir.is_a(decorator, "call") and ir.last_name(decorator[1]) == "exception_handler" and decorator[2]:
                scope = f"{path}:{function.parent}"
                out.extend(_each(project, scope, decorator[2][0], function.key))
    if not has_words(project, path, _REGISTERING):
        return tuple(out)
    for body in bodies(project, path, lambda said: not _REGISTERING.isdisjoint(said.words)):
        for call in body.calls:
            name = ir.last_name(call.func)
            if name == "add_exception_handler":
                exception = ir.argument(call.call, 0, "exc_class_or_status_code")
                handler = ir.argument(call.call, 1, "handler")
                if exception is not None:
                    out.extend(_each(project, body.key, exception, _symbol(project, body.key, handler)))
            elif ir.is_a(call.func, "call") and ir.last_name(call.func[1]) == "exception_handler" and call.func[2]:
                handler = call.call[2][0] if call.call[2] else None  # app.exception_handler(Error)(handler)
                out.extend(_each(project, body.key, call.func[2][0], _symbol(project, body.key, handler)))
            table = ir.keyword(call.call, "exception_handlers")
            if table is not None:
                out.extend(_table(project, body.key, table))
    return tuple(out)


def _symbol(project: Project, key: str, e: Expr | None) -> str | None:
    name = dotted(e) if e is not None else None
    if name is None and ir.is_a(e, "call") and e is not None:
        name = dotted(e[1])
    return resolve(project, key, name) if name else None


def _each(project: Project, key: str, exception: Expr, handler: str | None) -> list[Registered]:
    if ir.is_a(exception, "const") or "HTTP_" in ir.last_name(exception):
        return [Registered("", handler)]
    return [Registered(_symbol(project, key, exception), handler)]


def _table(project: Project, key: str, table: Expr) -> list[Registered]:
    if not ir.is_a(table, "dict"):
        from layercheck.queries.symbols import binding

        symbol = _symbol(project, key, table)
        bind = binding(project, symbol) if symbol is not None and ":" in symbol else None
        if bind is None or not ir.is_a(bind.value, "dict") or symbol is None or bind.value is None:
            return [Registered(None, None)]
        key, table = f"{symbol.partition(':')[0]}:", bind.value
    out = []
    for exception, handler in table[1]:
        if exception is None:
            out.append(Registered(None, None))
        else:
            out.extend(_each(project, key, exception, _symbol(project, key, handler)))
    return out


@query
def handled_exceptions(project: Project, handler: str) -> tuple[str | None, ...]:
    """The exceptions that a function is registered for as an exception handler; empty when it is none."""
    return tuple(r.exception for r in exception_handlers(project) if r.handler == handler)


def is_exception_class(project: Project, symbol: str) -> bool:
    """Whether a project class is an exception."""
    return project.get(Class, symbol) is not None and any(
        base in BROAD or (base.startswith("builtins.") and base.endswith(("Error", "Exception")))
        for base in mro(project, symbol)
    )
