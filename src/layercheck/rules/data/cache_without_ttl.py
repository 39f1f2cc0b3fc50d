"""Give every cache entry a time to live.

An entry that never expires is served for ever once an invalidation is missed, and the store grows until it evicts something that
matters or runs out of memory. A function remembered with an unbounded `@cache` answers with the database of yesterday until the
process ends.

How to fix: `redis.set(key, value, ex=300)`; `redis.expire(key, 300)` after writing into a hash, list or set; `ttl=` with aiocache; a
`TTLCache` instead of `@cache`.

What counts: `set` of a Redis client or pipeline without expiry, unless the same function lets the same key expire or removes it; writes
into hashes, lists and sets whose key says that it is a cache; `set` of aiocache without `ttl`; unbounded `@cache`, `@lru_cache(None)`
and the like on functions that query the database or call another service. Not reported: a literal value (a mark or a flag, no copy of
something), keys named for state (`...:last_update`, `..._version`), `nx=True` on anything but a lock, a memory on a nested function, a
time to live that may be in `**options` or is decided in another branch or by a `ttl` parameter, functions that load
settings.

```python bad app/services/books.py
import json

from redis import Redis


def remember(redis: Redis, book_id: int, page: dict[str, str]) -> None:
    redis.set(f"shop:book:{book_id}", json.dumps(page))
```
```python good app/services/books.py
import json

from redis import Redis


def remember(redis: Redis, book_id: int, page: dict[str, str]) -> None:
    redis.set(f"shop:book:{book_id}", json.dumps(page), ex=300)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.caching import (
    AIOCACHE_DECORATORS,
    AIOCACHE_WRITES,
    BOUNDED_BY_SIZE,
    CACHETOOLS_DECORATORS,
    REDIS_COLLECTIONS,
    REDIS_EXPIRING,
    REDIS_REMOVING,
    REDIS_SET,
    UNBOUNDED,
)
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.caching import AIOCACHE, CacheCall, cache_calls, key_of
from layercheck.queries.effects import BLOCK, SQL, chain, effect_of
from layercheck.queries.models import is_settings
from layercheck.queries.occasions import has_decorator
from layercheck.queries.secrets import words
from layercheck.queries.symbols import resolve
from layercheck.queries.types import return_type
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC619",
    name="cache-without-ttl",
    message="{call}() keeps {what} for ever: {remedy}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-11",),
    since="0.1",
)
_TTL_NAMES = frozenset({"ttl", "expire", "expires", "expiry", "expiration", "ex", "px", "timeout", "lifetime"})
_NETWORK = ("http.client.", "httpx.", "requests.", "urllib.", "urllib3.")
_LOCKS = frozenset({"lock", "locks", "mutex", "semaphore"})
_STATE = frozenset({
    "changed", "checkpoint", "checksum", "count", "counter", "cursor", "flag", "hash", "heartbeat", "last", "leader", "offset", "started",
    "state", "status", "updated", "version",
})  # fmt: skip
"""Words of keys that hold the one truth rather than a copy of it."""


@only_with("set", *REDIS_COLLECTIONS, *AIOCACHE_WRITES)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each write to a cache in a body whose entry never expires."""
    calls = cache_calls(project, body.key)
    if not calls:
        return
    ended = {
        call.key
        for call in calls
        if call.method in REDIS_EXPIRING
        or call.method in REDIS_REMOVING
        or (call.method == "set" and _expires(call.site.call))
    }
    decided = _decided_by_parameter(project, body.key)
    for call in calls:
        if call.client == AIOCACHE:
            if call.method in AIOCACHE_WRITES and not decided and _endless_aiocache(project, body.key, call):
                yield Fault(
                    body.place(call.site.at),
                    {"call": _text(call), "what": "the entry", "remedy": "give it ttl="},
                )
        elif (
            (call.method == "set" or call.method in REDIS_COLLECTIONS)
            and call.key not in ended
            and not decided
            and _endless(call)
        ):
            remedy = "give it ex=" if call.method == "set" else f"call expire({call.key}, ...) after it"
            yield Fault(body.place(call.site.at), {"call": _text(call), "what": "the entry", "remedy": remedy})


def _text(call: CacheCall) -> str:
    return call.site.call[1] if call.site.call[1].__class__ is str else call.method


def _expires(call: Expr) -> bool:
    if any(name is None for name, _ in call[3]) or any(ir.is_a(a, "star") for a in call[2]):
        return True
    for name, position in REDIS_SET.items():
        value = ir.argument(call, position, name)
        if value is not None and value not in (("const", None), ("const", False)):
            return True
    return False


def _endless(call: CacheCall) -> bool:
    expression = call.site.call
    if call.method != "set":
        return _says_cache(key_of(call))
    value = ir.argument(expression, 1, "value")
    if value is None or _expires(expression):
        return False
    said = _said(key_of(call))
    if ir.argument(expression, 4, "nx") == ("const", True):
        return not said.isdisjoint(_LOCKS)
    return said.isdisjoint(_STATE) and not _is_mark(value)


def _is_mark(value: Expr) -> bool:
    """A literal: "1", True, "done". Nothing is copied, so nothing goes stale."""
    return ir.is_a(value, "const") or (
        ir.is_a(value, "call") and ir.last_name(value[1]) in ("int", "str") and _is_mark(*value[2][:1])
    )


def _says_cache(key: Expr | None) -> bool:
    return not {"cache", "cached", "caches"}.isdisjoint(_said(key))


def _said(key: Expr | None) -> frozenset[str]:
    """The words in the names and texts of a key."""
    return frozenset(w for node in ir.walk(key) for w in words(ir.text_of(node) or dotted(node) or ""))


def _decided_by_parameter(project: Project, key: str) -> bool:
    """Whether the caller decides: the function has a parameter for the time to live."""
    function = project.get(Function, key)
    return function is not None and any(not _TTL_NAMES.isdisjoint(words(p.name)) for p in function.params)


def _endless_aiocache(project: Project, key: str, call: CacheCall) -> bool:
    expression = call.site.call
    if any(name is None for name, _ in expression[3]):
        return False
    ttl = ir.argument(expression, AIOCACHE_WRITES[call.method], "ttl")
    if ttl is not None:
        return bool(ttl == ("const", None))
    return not _made_with_ttl(project, key, expression[1])


def _made_with_ttl(project: Project, key: str, func: Expr) -> bool:
    """Whether the cache has a time to live of its own, or its making is not seen."""
    owner = func.rpartition(".")[0] if func.__class__ is str else ""
    name = owner.rpartition(".")[2]
    for made in _makings(project, key, name):
        if ir.is_a(made, "call"):
            return any(keyword in (None, "ttl") for keyword, _ in made[3])
    return True


def _makings(project: Project, key: str, name: str) -> Iterator[Expr]:
    path, _, qualname = key.partition(":")
    scopes = [qualname.rsplit(".", n)[0] for n in range(qualname.count(".") + 1)] if qualname else []
    for scope in [*scopes, ""]:
        for body in project.of_file(Body, path):
            if body.key == f"{path}:{scope}" or (scope and body.key.startswith(f"{path}:{scope}.")):
                yield from (b.value for b in body.binds if b.name.rpartition(".")[2] == name and b.value is not None)


@only_with(where=has_decorator)
def check_functions(function: Function, project: Project) -> Iterator[Fault]:
    """Each function with an unbounded memory that asks the database or another service."""
    if function.parent:
        return  # the memory dies with the call of the function around it
    for decorator in function.decorators:
        shown = _unbounded(project, function, decorator)
        if shown is None or _loads_settings(project, function):
            continue
        for name, text in ((SQL, "rows of the database"), (BLOCK, "the answer of another service")):
            effect = effect_of(project, function.key, name)
            if effect is not None and (name == SQL or effect.detail.startswith(_NETWORK)):
                fields = {
                    "call": f"@{shown} on {function.name}",
                    "what": text,
                    "remedy": "use a cache with a time to live",
                }
                yield Fault(function.place(), fields, chain(project, function.key, effect))
                break


def _unbounded(project: Project, function: Function, decorator: Expr) -> str | None:
    """The decorator as it is written when it remembers without bound."""
    call = decorator if ir.is_a(decorator, "call") else None
    written = dotted(call[1] if call is not None else decorator)
    if written is None:
        return None
    path, _, qualname = function.key.partition(":")
    symbol = resolve(project, f"{path}:{qualname.rpartition('.')[0]}", written)
    if symbol in UNBOUNDED and not function.is_async:
        return written
    if (
        symbol is None
        or call is None
        or any(name is None for name, _ in call[3])
        or ir.keyword(call, "ttl") is not None
    ):
        return None
    if symbol in BOUNDED_BY_SIZE and (symbol != "functools.lru_cache" or not function.is_async):
        return written if ir.argument(call, 0, "maxsize") == ("const", None) else None
    if symbol in AIOCACHE_DECORATORS:
        return written if not call[2] else None
    if symbol in CACHETOOLS_DECORATORS and ir.argument(call, 0, "cache") in (("dict", ()), ("call", "dict", (), ())):
        return written
    return None


def _loads_settings(project: Project, function: Function) -> bool:
    if not {"settings", "config", "configuration"}.isdisjoint(words(function.name)):
        return True
    kind = return_type(project, function.key)
    return kind is not None and kind[0] == "inst" and ":" in kind[1] and is_settings(project, kind[1])
