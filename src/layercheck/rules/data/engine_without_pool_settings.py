"""Say how many connections the engine may hold.

The defaults of SQLAlchemy's pool (5 connections and 10 more, kept for ever, not tested before use) fit nobody's production: four
workers may open 60 connections where the server allows 100, and after a failover or an idle timeout of a proxy each pooled connection
fails once, in a request.

How to fix: decide, and write it down: `pool_pre_ping=True` (test before use), `pool_size` and `max_overflow` by what the server allows,
`pool_recycle` below the idle timeout in between; or `poolclass=NullPool` behind PgBouncer.

Reported are engines for a server database: by the URL, or by what the project's drivers and settings say where the URL comes from
elsewhere. Left alone are SQLite, engines that get `**options`, those that a function makes for one piece of work (it disposes of them,
or hands them to nobody), scripts, migrations and tests.

```python bad app/db.py
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://shop@db/shop")
```
```python good app/db.py
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://shop@db/shop", pool_pre_ping=True, pool_size=10, max_overflow=5)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.dialects import SCHEMES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.constants import string_value
from layercheck.queries.databases import dialects
from layercheck.queries.items import CallSite
from layercheck.queries.jobs import runs_alone
from layercheck.queries.ownership import OWNED, fate
from layercheck.queries.symbols import binding, resolve
from layercheck.queries.words import last_parts

RULE = Rule(
    code="LC618",
    name="engine-without-pool-settings",
    message="{call}() leaves its pool to the defaults: set pool_pre_ping, pool_size and max_overflow (or poolclass)",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("DATA-7", "PERF-5"),
    since="0.1",
)
_MAKERS = frozenset({"sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine"})
_BUILDERS = {
    "create": (0, "drivername"),
    "build": (0, "scheme"),
    "make_url": (0, "name_or_url"),
    "URL": (0, "drivername"),
    "str": (0, "object"),
}
_DEEP = 6


TRIGGERS = last_parts(_MAKERS)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """An engine for a server database without one word about its pool."""
    if item.site.target not in _MAKERS or runs_alone(project, item.body.path):
        return
    if any(name is None or name.startswith("pool") or name == "max_overflow" for name, _ in item.call[3]):
        return
    if any(ir.is_a(argument, "star") for argument in item.call[2]) or _serves_once(project, item):
        return
    scheme = _scheme(project, item.body.key, ir.argument(item.call, 0, "url"), 0)
    known = frozenset({scheme}) if scheme is not None else dialects(project)
    if known and "sqlite" not in known:
        yield Fault(item.place, {"call": item.call[1] if item.call[1].__class__ is str else item.name})


def _serves_once(project: Project, item: CallSite) -> bool:
    """Whether the engine lives for one piece of work: a function makes it and gives it back, or to nobody."""
    if project.get(Function, item.body.key) is None:
        return False
    disposed = any(ir.last_name(call[0][1]) == "dispose" for call in item.body.raw_calls)
    return disposed or fate(project, item.body, item.site) != OWNED


def _scheme(project: Project, key: str, url: Expr | None, depth: int) -> str | None:
    """The dialect that a URL begins with, None when it cannot be told."""
    if url is None or depth > _DEEP:
        return None
    text = string_value(project, key, url)
    if text is not None:
        return SCHEMES.get(text.partition(":")[0].partition("+")[0])
    if url.__class__ is tuple and url[0] in ("fstr", "op"):
        parts = url[1] if url[0] == "fstr" else url[2]
        return _scheme(project, key, parts[0], depth + 1) if parts else None
    if ir.is_a(url, "call"):
        position = _BUILDERS.get(ir.last_name(url[1]))
        return _scheme(project, key, ir.argument(url, *position), depth + 1) if position is not None else None
    name = dotted(url)
    symbol = resolve(project, key, name) if name is not None else None
    bind = binding(project, symbol) if symbol is not None and ":" in symbol else None
    if bind is None or bind.value is None or bind.value == url:
        return None
    return _scheme(project, f"{(symbol or '').partition(':')[0]}:", bind.value, depth + 1)
