"""Read hosts and paths of one environment from the settings.

`http://localhost:8080` in a service works on the laptop of the person who wrote it. In the container, in staging and in production
it is another address, and changing it means a release. A path below somebody's home exists on one machine only.

How to fix: make it a field of the settings class, with the value of the laptop as default where that is harmless, and read it there.

What counts: URLs and hosts that are loopback, a private address, `*.internal` or `*.local`, or that name their environment
(`staging`, `prod`, `dev`, ... in a label); absolute paths below a user's home or a drive. A bare host name without a scheme
counts only where it surely is an address: as the host of a client of a library, in a list of allowed hosts, in a constant named
for a host. Not reported: settings modules and classes, defaults of reads of the environment (LC204 reports the read), fields of
schemas, scripts and what stands below `if __name__ == "__main__"`, comparisons, messages that are logged or printed,
documentation of an API; what an `if settings.DEBUG` or the like guards; this machine with a port that is computed (a tunnel, a
side-car) or, without a port, in a module that talks through Unix sockets, where the host means nothing; exceptions from a proxy
(`no_proxy`); the homes of accounts that come with a machine image (`ubuntu`).

```python bad app/services/search.py
import httpx


async def search(text: str):
    async with httpx.AsyncClient(base_url="http://search.staging.shop.io:9200") as client:
        return await client.get("/books", params={"q": text})
```
```python good app/services/search.py
import httpx

from app.settings import settings


async def search(text: str):
    async with httpx.AsyncClient(base_url=settings.search_url) as client:
        return await client.get("/books", params={"q": text})
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.knowledge.environment import HOST_ARGUMENTS, HOST_LISTS, SERVICE_WORDS, SETTINGS_CLASS_ENDINGS
from layercheck.knowledge.names import CLI_PACKAGES
from layercheck.model import Fault, Level, Option, Place, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.environment import (
    asks_environment,
    configured_settings_module,
    in_settings_class,
    is_command,
    is_settings_module,
    outside_main,
    reads_environment,
)
from layercheck.queries.hosts import environment_value, is_environment_host
from layercheck.queries.models import is_schema
from layercheck.queries.occasions import has_default
from layercheck.queries.secrets import words
from layercheck.queries.symbols import resolve
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC207",
    name="hardcoded-environment-value",
    message="{shown} is an address of one environment: read it from the settings",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("CONF-3",),
    since="0.1",
    options=(Option("settings-modules", (), "further modules (paths or globs) that hold settings"),),
)
_PATH_MESSAGE = (
    "{shown} exists on one machine: read the path from the settings, or build it from the module's own place"
)
_TALK = frozenset({
    "confirm", "critical", "debug", "echo", "error", "exception", "fatal", "info", "log", "option", "print", "prompt", "ask", "secho", "success", "trace", "warn", "warning",
})  # fmt: skip
"""Calls whose arguments are read by people."""
_TEXT = frozenset({
    "split", "rsplit", "partition", "rpartition", "startswith", "endswith", "removeprefix", "removesuffix", "replace", "index", "find",
    "count", "strip", "lstrip", "rstrip", "compile", "match", "fullmatch", "sub", "search", "findall",
})  # fmt: skip
"""Methods of strings and patterns that compare or take apart."""
_DOCUMENTATION = frozenset({
    "description", "doc", "docs", "epilog", "example", "examples", "help", "hint", "json_schema_extra", "metadata", "openapi_examples",
    "placeholder", "prompt", "schema_extra", "summary", "title", "servers",
})  # fmt: skip
_SERVERS = frozenset(
    {"run", "serve", "start_server", "create_server", "bind", "HTTPServer", "TCPServer", "ThreadingHTTPServer"}
)
"""Calls whose host is the address that they listen on."""


def _may_be_one(text: str) -> bool:
    """Whether a literal, or the part of one around what is interpolated, can be a URL, a path of one machine or a host at all."""
    if "://" in text or ":\\" in text or ":/" in text or "/home/" in text or "/Users/" in text:
        return True
    return " " not in text.strip() and is_environment_host(text.partition(":")[0])


def _is_ordinary(project: Project, path: str) -> bool:
    """Whether such values do not belong into a module."""
    return not (
        is_settings_module(project, path)
        or is_command(project, path)
        or _is_command_line(project, path)
        or configured_settings_module(path, project.settings.option(RULE, "settings-modules"))
    )


@only_in(_is_ordinary)
@only_with(texts=_may_be_one)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each statement of a body with such a literal; one finding a call."""
    if in_settings_class(project, body.key):
        return
    if project.get(Class, body.key) is not None and is_schema(project, body.key):
        return
    seen: set[int] = set()
    for statement in outside_main(body.statements, unguarded=True):
        if statement[0] == "expr" and ir.is_a(statement[1], "const"):
            continue  # a docstring
        for at, value in _values(project, body, statement):
            if at not in seen and not _over_unix_socket(project, body.path, value):
                seen.add(at)
                yield _fault(body.place(at), value)


@only_in(_is_ordinary)
@only_with(where=has_default)
def check_defaults(function: Function, project: Project) -> Iterator[Fault]:
    """Parameter defaults: `def connect(url="redis://localhost")`."""
    for _, _, _, default, at in function.raw_params:
        text = ir.text_of(default)
        value = environment_value(text) if text is not None else None
        if value is not None and not in_settings_class(project, function.key):
            yield _fault(Place("Function", function.key, at), value)


def _fault(place: Place, value: str) -> Fault:
    return Fault(
        place,
        {"shown": value},
        message="" if "://" in value or ("\\" not in value and "/" not in value) else _PATH_MESSAGE,
    )


@query
def _is_command_line(project: Project, path: str) -> bool:
    module = project.imports_in(path)
    return module is not None and any(
        i.module.partition(".")[0] in CLI_PACKAGES and not i.level for i in module.imports
    )


def _over_unix_socket(project: Project, path: str, value: str) -> bool:
    """A URL of this machine without a port in a module that talks through Unix sockets: `Client(transport=...(uds=...))`."""
    return value.endswith(("://localhost", "://127.0.0.1")) and _uses_unix_sockets(project, path)


@query
def _uses_unix_sockets(project: Project, path: str) -> bool:
    return any(
        keyword in ("uds", "socket_path")
        or "uds" in words(ir.last_name(call.func))
        or "unix" in words(ir.last_name(call.func))
        for body in project.of_file(Body, path)
        for call in body.calls
        for keyword in ("", *(k for k, _ in call.call[3]))
    )


def _values(project: Project, body: Body, statement: Stmt) -> Iterator[tuple[int, str]]:
    """(ordinal, value) of the literals in one statement that belong to one environment."""
    at = statement[-1]
    match statement:
        case ("assign", targets, value, _):
            name = next((n for t in targets if (n := ir.last_name(t) or _item_name(t))), "")
            yield from _assigned(project, body, name, value, at)
            return
        case ("ann", target, _, value, _):
            if value is not None:
                yield from _assigned(project, body, ir.last_name(target), value, at)
            return
        case ("aug", target, _, value, _):
            yield from _assigned(project, body, ir.last_name(target), value, at)
            return
        case ("assert" | "del" | "match", *_):
            return
        case ("raise", *_):
            return
    for e in ir.own_expressions(statement):
        yield from _inside(project, body.key, e, at)


def _item_name(target: Expr) -> str:
    """`servers` of `schema["servers"] = ...`."""
    return (ir.text_of(target[2]) or "") if ir.is_a(target, "item") else ""


def _assigned(project: Project, body: Body, name: str, value: Expr, at: int) -> Iterator[tuple[int, str]]:
    if name.lower() in _DOCUMENTATION or name == "model_config":
        return
    said = words(name)
    if {"no", "proxy"} <= set(said):
        return  # which addresses are reached directly: those of this machine, wherever it is
    if "allowed" in said or name.lower() in HOST_LISTS:
        yield from _hosts(value, at)
    elif (
        name.isupper()
        and said
        and said[-1] in ("host", "hostname")
        and not SERVICE_WORDS.isdisjoint(said)
        and body.key.endswith(":")
    ):
        text = ir.text_of(value)
        if text is not None and is_environment_host(text.partition(":")[0]):
            yield at, text
    yield from _inside(project, body.key, value, at)


def _hosts(value: Expr, at: int) -> Iterator[tuple[int, str]]:
    """The bare hosts in a literal list."""
    if ir.is_a(value, "list") or ir.is_a(value, "tuple") or ir.is_a(value, "set"):
        for item in value[1]:
            text = ir.text_of(item)
            if text is not None and is_environment_host(text.partition(":")[0]):
                yield at, text
                return


def _inside(project: Project, key: str, e: Expr, at: int) -> Iterator[tuple[int, str]]:
    match e:
        case ("const", str() as text):
            value = environment_value(text)
            if value is not None:
                yield at, value
            return
        case ("fstr", parts):
            text = "".join(ir.text_of(part) or "{}" for part in parts)
            value = environment_value(text)
            if value is not None:
                yield at, value
                return
        case ("cmp", *_):
            return
        case ("ifexp", test, _, _) if asks_environment(test):
            return
        case ("call", func, args, keywords, call_at):
            yield from _call(project, key, func, args, keywords, call_at)
            return
        case ("dict", pairs):
            for name, value in pairs:
                if (ir.text_of(name) or "").lower() not in _DOCUMENTATION:
                    yield from _inside(project, key, value, at)
            return
        case ("bool", "or", operands) if any(
            ir.is_a(o, "call") and reads_environment(project, key, o) for o in operands
        ):
            return
    for child in ir.children(e):
        yield from _inside(project, key, child, at)


def _call(
    project: Project,
    key: str,
    func: Expr,
    args: tuple[Expr, ...],
    keywords: tuple[tuple[str | None, Expr], ...],
    at: int,
) -> Iterator[tuple[int, str]]:
    name = ir.last_name(func)
    if name in _TALK or name in _TEXT or name.endswith(SETTINGS_CLASS_ENDINGS):
        return
    if reads_environment(project, key, ("call", func, args, keywords, at)):
        return
    if func.__class__ is tuple:
        yield from _inside(project, key, func, at)
    for argument in args:
        yield from _inside(project, key, argument, at)
    for keyword, value in keywords:
        if (
            keyword in _DOCUMENTATION
            or "documentation" in (keyword or "")
            or (name == "Field" and keyword != "default")
        ):
            continue
        if keyword in HOST_LISTS:
            yield from _hosts(value, at)
        elif keyword in HOST_ARGUMENTS and name not in _SERVERS and _is_external(project, key, func):
            text = ir.text_of(value)
            if text is not None and is_environment_host(text):
                yield at, text
        yield from _inside(project, key, value, at)


def _is_external(project: Project, key: str, func: Expr) -> bool:
    text = dotted(func)
    symbol = resolve(project, key, text) if text is not None else None
    return symbol is not None and ":" not in symbol
