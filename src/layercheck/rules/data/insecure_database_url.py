"""Connect to the database encrypted, and as somebody who may do little.

A connection without TLS shows every query, every row and the password's exchange to whoever is on the way; libpq and most drivers do not
ask for TLS by themselves, or fall back silently. And who connects as `postgres`, `root` or `sa` gives an SQL injection, or a leaked
URL, the whole server: other databases, roles, and files on its disk.

How to fix: add `sslmode=verify-full` (psycopg), `ssl=verify-full` (asyncpg) or `ssl_ca` (MySQL) to the URL, or pass `connect_args`;
create a role for the application that owns nothing and may only read and write its own tables.

```python bad app/db.py
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://postgres@db.shop.io/shop")
```
```python good app/db.py
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://shop_app@db.shop.io/shop?sslmode=verify-full")
```

What is read: literal URLs that an engine, a connection or a pool is made with, `URL.create` with literal parts, constants and fields
named for a database, and the defaults of reads of the environment. URLs with an unknown part are not read, nor are SQLite, this
machine, Unix sockets and placeholders of documentation (`user@host`, `example.com`).

TLS is demanded for public hosts only: a host without a dot (`db`, a service of compose), a private address or a name such as
`*.internal` may be a network that encrypts by itself; the account is reported there too. `connect_args` with `ssl`, or code that puts
`sslmode` into URLs, spares all constants. An account of a constant that says that it is for administration (`ADMIN_DATABASE_URL`) is
spared. The password is never shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Module
from layercheck.ir import Expr, Stmt, dotted
from layercheck.knowledge.dialects import CONNECTORS
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.dsn import Dsn, in_the_clear, is_here, make_dsn, parse_dsn, remedy, superuser
from layercheck.queries.environment import outside_main, read_variable
from layercheck.queries.file_kinds import is_application
from layercheck.queries.import_names import python_files
from layercheck.queries.items import CallSite
from layercheck.queries.models import is_settings
from layercheck.queries.secrets import words
from layercheck.queries.symbols import resolve
from layercheck.queries.words import last_parts

RULE = Rule(
    code="LC622",
    name="insecure-database-url",
    message="{name} connects to {host} without TLS: add {remedy}",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("DATA-14",),
    since="0.1",
)
_SUPERUSER = "{name} connects to {host} as {user}, who may do everything: create a role for the application"
_BOTH = "{name} connects to {host} without TLS and as {user}, who may do everything: add {remedy} and create a role for the application"
_DATABASE_WORDS = frozenset({
    "conn", "connection", "database", "databases", "db", "dsn", "engine", "mariadb", "mssql", "mysql", "pg", "postgres", "postgresql", "sql",
    "sqlalchemy", "uri", "url",
})  # fmt: skip
_ADMIN_WORDS = frozenset(
    {"admin", "bootstrap", "maintenance", "migration", "migrations", "owner", "root", "superuser", "sysadmin"}
)
_WRAPPERS = frozenset({
    "AnyUrl", "CockroachDsn", "Field", "MariaDBDsn", "MultiHostUrl", "MySQLDsn", "PostgresDsn", "SecretStr", "Url", "make_url", "str",
})  # fmt: skip


TRIGGERS = last_parts({*CONNECTORS, "sqlalchemy.URL.create"})


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """A literal URL, or parts of one, in the call that connects."""
    if not any(ir.is_a(e, "const") and isinstance(e[1], str) for e in _arguments(item.call)):
        return
    target = item.site.target
    if target == "sqlalchemy.URL.create":
        dsn = _of_parts(item.call)
        yield from _judged(project, item, dsn, "the URL", spared=encrypts_elsewhere(project))
        return
    if target not in CONNECTORS:
        return
    url = ir.argument(item.call, *CONNECTORS[target])
    text = _literal(project, item.body.key, url, 0)
    if text is not None:
        yield from _judged(project, item, parse_dsn(text), f"{item.name}()", spared=_brings_tls(item.call))


def _arguments(call: Expr) -> Iterator[Expr]:
    for argument in (*call[2], *(value for _, value in call[3])):
        yield from ir.walk(argument)


def check_constants(body: Body, project: Project) -> Iterator[Fault]:
    """A constant, or a field of the settings, that holds a literal URL."""
    settings = project.get(Class, body.key) is not None and is_settings(project, body.key)
    for statement in outside_main(body.statements):
        name, value = _assigned(statement)
        said = frozenset(words(name))
        if not name or value is None or not (settings or said & _DATABASE_WORDS):
            continue
        text = _literal(project, body.key, value, 0)
        dsn = parse_dsn(text) if text is not None else None
        fault = _fault(dsn, name, spared=encrypts_elsewhere(project), admin=bool(said & _ADMIN_WORDS))
        if fault is not None:
            yield Fault(body.place(statement[-1]), *fault)


def _judged(project: Project, item: CallSite, dsn: Dsn | None, name: str, *, spared: bool) -> Iterator[Fault]:
    fault = _fault(dsn, name, spared=spared, admin=False)
    if fault is not None:
        yield Fault(item.place, *fault)


def _fault(
    dsn: Dsn | None, name: str, *, spared: bool, admin: bool
) -> tuple[dict[str, str], tuple[()], str, str] | None:
    """The fields, steps, level and message of a fault; None for a URL that is as it should be."""
    if dsn is None or is_here(dsn):
        return None
    user = "" if admin else superuser(dsn)
    clear = not spared and in_the_clear(dsn)
    if not user and not clear:
        return None
    fields = {"name": name, "host": dsn.host, "user": user.partition(".")[0], "remedy": remedy(dsn)}
    return fields, (), "", _BOTH if user and clear else _SUPERUSER if user else ""


def _assigned(statement: Stmt) -> tuple[str, Expr | None]:
    match statement:
        case ("assign", (target,), value, _):
            return ir.last_name(target), value
        case ("ann", target, _, value, _):
            return ir.last_name(target), value
    return "", None


def _literal(project: Project, key: str, e: Expr | None, depth: int) -> str | None:
    """The text of a literal, also as a default of a read, of `Field(...)`, or behind `or`. Names are not followed: they are checked themselves."""
    if e is None or depth > 4:
        return None
    match e:
        case ("const", str() as text):
            return text
        case ("op", "+", operands) | ("fstr", operands):
            parts = [ir.text_of(part) for part in operands]
            return None if None in parts else "".join(part for part in parts if part is not None)
        case ("bool", "or", operands):
            return _literal(project, key, operands[-1], depth + 1)
        case ("call", func, args, _, _):
            read = read_variable(project, key, e)
            if read is not None:
                return _literal(project, key, read[1], depth + 1)
            if ir.last_name(func) in _WRAPPERS:
                given = ir.keyword(e, "default") if ir.last_name(func) == "Field" else None
                return _literal(project, key, given if given is not None else (args[0] if args else None), depth + 1)
    return None


def _of_parts(call: Expr) -> Dsn | None:
    """The URL of `URL.create(...)` with literal driver, account, host and query; the password does not matter."""
    names = ("drivername", "username", "password", "host", "port", "database", "query")
    if any(name is None for name, _ in call[3]):
        return None
    given = {name: ir.argument(call, position, name) for position, name in enumerate(names)}
    query_ = given["query"]
    if query_ is not None and not ir.is_a(query_, "dict"):
        return None
    options = [(ir.text_of(key), ir.text_of(value)) for key, value in query_[1]] if query_ is not None else []
    texts = {name: ir.text_of(given[name]) for name in ("drivername", "username", "host")}
    if any(given[name] not in (None, ("const", None)) and texts[name] is None for name in texts):
        return None
    if any(name is None for name, _ in options):
        return None
    pairs = tuple((name.lower(), value or "?") for name, value in options if name is not None)
    return make_dsn(texts["drivername"] or "", texts["username"] or "", texts["host"] or "", pairs)


# ------------------------------------------------------------------------------------------------------ TLS by other means


def _brings_tls(call: Expr) -> bool:
    """Whether a call gives TLS beside the URL: `connect_args={"ssl": ...}`, `ssl=...`, or something that may."""
    for name, value in call[3]:
        if name is None or name.startswith(("ssl", "tls")) or name in ("creator", "async_creator"):
            return True
        if name == "connect_args":
            if not ir.is_a(value, "dict"):
                return True
            keys = [ir.text_of(key) for key, _ in value[1]]
            if any(key is None or key.startswith(("ssl", "tls")) for key in keys):
                return True
    return False


_IN_URLS = pattern(r"(?:^|[?&])(?:sslmode|ssl|ssl_ca|sslrootcert)(?:=(?!disable|allow|prefer|false|0)|$)")


@query
def encrypts_elsewhere(project: Project) -> bool:
    """Whether some code of the application makes connections with TLS, or puts it into URLs: it may do so for every constant."""
    return any(is_application(project, path) and _encrypts_in(project, path) for path in python_files(project))


@query
def _encrypts_in(project: Project, path: str) -> bool:
    module = project.get(Module, f"{path}:")
    if module is None or not any(i.module.partition(".")[0] in _LIBRARIES or i.level for i in module.imports):
        return False
    for body in project.of_file(Body, path):
        for call in body.calls:
            name = dotted(call.func)
            if name is not None and _brings_tls(call.call) and resolve(project, body.key, name) in CONNECTORS:
                return True
        for e in ir.expressions(body.statements):
            if ir.is_a(e, "const") and isinstance(e[1], str) and "://" not in e[1] and _IN_URLS.search(e[1]):
                return True
    return False


_LIBRARIES = frozenset({name.partition(".")[0] for name in CONNECTORS} | {"pydantic_settings", "urllib", "yarl"})
