"""Keep the counters of a rate limit where all processes see them.

A counter in memory belongs to one process. With four workers the limit is four times as high, with a new deployment every counter is zero, and behind a load balancer
nobody knows what it is.

Reported are slowapi's `Limiter` without `storage_uri`, the memory storages of limits and pyrate-limiter, and dictionaries of a module or
middleware in which code counts that answers 429. What only stands in while Redis is away is left alone.

How to fix: Redis: `Limiter(..., storage_uri=settings.redis_url)`, `limits.storage.RedisStorage`, fastapi-limiter.

```python bad app/limits.py
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address)
```
```python good app/limits.py
from slowapi import Limiter
from slowapi.util import get_remote_address

from app.settings import settings

limiter = Limiter(key_func=get_remote_address, storage_uri=settings.redis_url)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.rate_limits import MEMORY_STORAGES, PYRATE_LIMITERS, PYRATE_RATES, SLOWAPI_LIMITERS
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.constants import string_value
from layercheck.queries.items import CallSite
from layercheck.queries.rate_limits import refuses_too_many
from layercheck.queries.symbols import resolve
from layercheck.queries.words import last_parts

RULE = Rule(
    code="LC512",
    name="in-memory-rate-limit",
    message="{what} counts requests in the memory of one process: keep the counters in Redis",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("RATE-3",),
    since="0.1",
)
_TABLES = frozenset({"dict", "defaultdict", "Counter", "OrderedDict", "TTLCache", "deque"})
_STORES = frozenset({"storage_uri", "storage_options", "storage"})


TRIGGERS = last_parts({*MEMORY_STORAGES, *SLOWAPI_LIMITERS, *PYRATE_LIMITERS})


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each limiter or storage of a library that is told to count in memory."""
    target = item.site.target
    if target in MEMORY_STORAGES:
        if _is_fallback(item):
            return
        yield Fault(item.place, {"what": target.rpartition(".")[2]})
    elif target in PYRATE_LIMITERS:
        if _only_rates(item.call):
            yield Fault(item.place, {"what": "this Limiter"})
    elif target in SLOWAPI_LIMITERS and not any(name is None for name, _ in item.call[3]):
        uri = ir.keyword(item.call, "storage_uri")
        text = string_value(project, item.body.key, uri) if uri is not None else None
        stored = any(name in _STORES for name, _ in item.call[3])
        if (text or "").startswith("memory:") or (not stored and len(item.call[2]) < 4):
            yield Fault(item.place, {"what": "this Limiter"})


def _only_rates(call: ir.Expr) -> bool:
    """pyrate-limiter's `Limiter(Rate(...))`, `Limiter([Rate(...), ...])`: no bucket is said."""
    if any(name is None or name == "bucket_class" for name, _ in call[3]) or not call[2]:
        return False
    first = call[2][0]
    rates = first[1] if ir.is_a(first, "list") else call[2]
    return bool(rates) and all(ir.is_a(r, "call") and ir.last_name(r[1]) in PYRATE_RATES for r in rates)


def _is_fallback(item: CallSite) -> bool:
    """Whether a storage is what a limiter falls back to while Redis is away."""
    at = item.site.at
    return any(
        "fallback" in (name or "") and any(call[4] == at for call in ir.calls(value))
        for other in item.body.calls
        for name, value in other.call[3]
    )


def check_tables(body: Body, project: Project) -> Iterator[Fault]:
    """Each dictionary of a module or object in which code counts that answers 429."""
    function = project.get(Function, body.key)
    at_module = body.key.endswith(":")
    if not at_module and (function is None or function.name != "__init__"):
        return
    owner = "" if function is None else function.cls
    if _has_redis(project, body.path):
        return  # the table is what it falls back to
    seen = set()
    for bind in body.binds:
        name = bind.name
        fits = name.startswith("self.") and name.count(".") == 1 if not at_module else "." not in name
        if fits and name not in seen and _is_table(bind.value) and _counted_in(project, body.path, owner, name):
            seen.add(name)
            yield Fault(body.place(bind.at), {"what": name})


@query(kept=True)
def _has_redis(project: Project, path: str) -> bool:
    """Whether the code of a file works with a Redis client."""
    return any(
        (site.target or "").startswith("redis.")
        for other in project.of_file(Body, path)
        for site in sites(project, other.key)
    )


def _is_table(e: Expr | None) -> bool:
    if ir.is_a(e, "dict"):
        return not e[1]  # type: ignore[index]
    return ir.is_a(e, "call") and ir.last_name(e[1]) in _TABLES  # type: ignore[index]


@query
def _counted_in(project: Project, path: str, cls: str, name: str) -> bool:
    """Whether a function that answers 429 itself uses the table."""
    for function in project.of_file(Function, path):
        body = project.get(Body, function.key)
        if body is None or (cls and function.cls != cls) or function.name == "__init__":
            continue
        if cls == "" and resolve(project, function.key, name) != f"{path}:{name}":
            continue
        if _uses(body, name) and any(
            refuses_too_many(project, function.key, s) for s in ir.statements(body.statements)
        ):
            return True
    return False


def _uses(body: Body, name: str) -> bool:
    for e in ir.expressions(body.statements):
        text = dotted(e[1] if ir.is_a(e, "call") else e)
        if text is not None and (text == name or text.startswith(f"{name}.")):
            return True
    return False
