"""Which rows a function keeps in a cache, and for how long; which rows a function changes; whether it touches a cache at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.caching import (
    AIOCACHE_DECORATORS,
    AIOCACHE_WRITES,
    CACHETOOLS_DECORATORS,
    MEMORY_DECORATORS,
    REDIS_VALUES,
)
from layercheck.project import Project, query
from layercheck.queries.caching import AIOCACHE, CacheCall, cache_calls
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.effects import COMMIT, FLUSH, effect_of, local_summary
from layercheck.queries.entities import entity_of
from layercheck.queries.models import is_table
from layercheck.queries.secrets import words
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import resolve
from layercheck.tuples import NamedTuple

_NOTHING: frozenset[str] = frozenset()
_LOOKUPS = frozenset({"get", "getex"})
_DEPTH = 2
_TOUCHING = frozenset({
    "broadcast", "cache", "cached", "caches", "clear", "emit", "evict", "invalidate", "invalidated", "publish", "purge", "redis",
})  # fmt: skip
"""Words of calls and decorators after which a cache may well be up to date."""


class Cached(NamedTuple):
    """What one function keeps in a cache."""

    classes: frozenset[str]
    """The table classes whose rows the kept value is made from."""
    seconds: int | None
    """How long; 0 means for ever, None that it cannot be told."""
    at: int
    """The ordinal of the write; 0 for a decorator (the def line)."""


@query
def cached_reads(project: Project, key: str) -> tuple[Cached, ...]:
    """The rows that a function reads through a cache: by a decorator that remembers its answers, or by looking up and storing one key."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None:
        return ()
    found = []
    for decorator in function.decorators:
        lifetime = _remembered(project, function, decorator)
        if lifetime is not None:
            returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return" and s[1] is not None]
            found.append(Cached(_read_for(project, body, returned), lifetime[0], 0))
    calls = cache_calls(project, key)
    looked_up = {call.key for call in calls if call.method in _LOOKUPS}
    for call in calls:
        stored = _stored(call)
        if stored is not None and call.key and call.key in looked_up:
            found.append(Cached(_read_for(project, body, [stored]), _lifetime(project, key, call), call.site.at))
    return tuple(c for c in found if c.classes)


def _stored(call: CacheCall) -> Expr | None:
    if call.method in ("setex", "psetex"):
        return ir.argument(call.site.call, 2, "value")
    if call.method in REDIS_VALUES or (call.client == AIOCACHE and call.method in AIOCACHE_WRITES):
        return ir.argument(call.site.call, 1, "value")
    return None


def _lifetime(project: Project, key: str, call: CacheCall) -> int | None:
    expression = call.site.call
    if any(name is None for name, _ in expression[3]):
        return None
    if call.client == AIOCACHE:
        given = ir.argument(expression, AIOCACHE_WRITES[call.method], "ttl")
        return None if given is None else _seconds(project, key, given)
    if call.method in ("setex", "psetex"):
        return _seconds(project, key, ir.argument(expression, 1, "time"))
    given = ir.argument(expression, 2, "ex")
    if given is not None:
        return _seconds(project, key, given)
    return 0 if len(expression[2]) <= 2 and not {"px", "exat", "pxat"} & {n for n, _ in expression[3]} else None


def _seconds(project: Project, key: str, e: Expr | None, depth: int = 0) -> int | None:
    """Literal seconds, module constants and products of them included; 0 for None."""
    if ir.is_a(e, "const") and e is not None:
        return 0 if e[1] is None else int(e[1]) if isinstance(e[1], (int, float)) else None
    if ir.is_a(e, "op") and e is not None and e[1] == "*":
        product = 1
        for operand in e[2]:
            factor = _seconds(project, key, operand, depth)
            if factor is None:
                return None
            product *= factor
        return product
    symbol = resolve(project, key, dotted(e) or "") if depth == 0 else None
    path, _, name = (symbol or "").partition(":")
    module = project.get(Body, f"{path}:") if name else None
    binds = [raw for raw in module.raw_binds if raw[0] == name] if module is not None else []
    return _seconds(project, f"{path}:", binds[0][2], 1) if len(binds) == 1 and binds[0][2] is not None else None


def _remembered(project: Project, function: Function, decorator: Expr) -> tuple[int | None] | None:
    """(seconds,) for a decorator that remembers answers, None for any other."""
    call = decorator if ir.is_a(decorator, "call") else None
    name = dotted(call[1] if call is not None else decorator)
    path, _, qualname = function.key.partition(":")
    symbol = resolve(project, f"{path}:{qualname.rpartition('.')[0]}", name) if name is not None else None
    if symbol not in MEMORY_DECORATORS:
        return None
    if call is None:
        return (0,)
    if any(keyword is None for keyword, _ in call[3]):
        return (None,)
    given = ir.keyword(call, "ttl")
    if given is not None:
        return (_seconds(project, function.key, given),)
    if symbol in CACHETOOLS_DECORATORS or symbol in AIOCACHE_DECORATORS:
        store = ir.argument(call, 0, "cache")
        if ir.is_a(store, "call") and store is not None and ir.last_name(store[1]) == "TTLCache":
            return (_seconds(project, function.key, ir.argument(store, 1, "ttl")),)
        if symbol in CACHETOOLS_DECORATORS and store != ("dict", ()):
            return (None,)
    return (0,)


# -------------------------------------------------------------------------------------------------------------------- reads


def _read_for(project: Project, body: Body, values: Iterable[Expr]) -> frozenset[str]:
    """The classes whose rows some expressions are made from, followed backwards through local names."""
    by_at = {site.at: site for site in sites(project, body.key)}
    found: set[str] = set()
    seen: set[str] = set()
    pending = list(values)
    while pending:
        for node in ir.walk(pending.pop()):
            if ir.is_a(node, "call"):
                site = by_at.get(node[4])
                if site is not None:
                    found |= _read_by(project, body.key, site)
            name = (dotted(node) or "").partition(".")[0]
            if name and name not in seen:
                seen.add(name)
                pending += [raw[2] for raw in body.raw_binds if raw[0] == name and raw[2] is not None]
    return frozenset(found)


def _read_by(project: Project, key: str, site: Site) -> frozenset[str]:
    if site.target is not None and ":" in site.target:
        return reads(project, site.target, _DEPTH)
    return _selected(project, key, site)


def _selected(project: Project, key: str, site: Site) -> frozenset[str]:
    """`select(User)`, `session.query(User)`, `session.get(User, 1)`."""
    last = _last(site)
    selects = site.target is not None and site.target.startswith(("sqlalchemy.", "sqlmodel.")) and last == "select"
    asks = last in ("query", "get", "get_one") and session_kind(project, site.receiver) is not None
    if not (selects or asks or (site.target is not None and site.target.endswith(".select"))):
        return _NOTHING
    return _tables(project, key, site.call[2] if selects else site.call[2][:1])


def _tables(project: Project, key: str, arguments: Iterable[Expr]) -> frozenset[str]:
    named = (resolve(project, key, name) for name in map(dotted, arguments) if name is not None)
    return frozenset(cls for cls in named if cls is not None and is_table(project, cls))


@query
def reads(project: Project, key: str, depth: int) -> frozenset[str]:
    """The table classes whose rows a function queries, itself or through what it calls, `depth` calls away."""
    found = frozenset(cls for site in sites(project, key) for cls in _selected(project, key, site))
    if depth > 0:
        for callee in dict.fromkeys(edge.callee for edge in local_summary(project, key).edges):
            found |= reads(project, callee, depth - 1)
    return found


# ------------------------------------------------------------------------------------------------------------------- writes


@query
def changes(project: Project, key: str) -> tuple[tuple[str, int], ...]:
    """(table class, ordinal) of the rows that a function itself changes or deletes. New rows do not count: no cache holds them."""
    body = project.get(Body, key)
    if body is None or project.get(Function, key) is None:
        return ()
    found: dict[str, int] = {}
    for site in sites(project, key):
        for cls in _changed(project, key, site):
            found.setdefault(cls, site.at)
    if effect_of(project, key, COMMIT) is not None or effect_of(project, key, FLUSH) is not None:
        for name, at in _assigned(body):
            entity = entity_of(project, key, name, at)
            if entity is not None and not _is_made(project, body, name):
                found.setdefault(entity.cls, at)
    return tuple(sorted(found.items()))


def _changed(project: Project, key: str, site: Site) -> frozenset[str]:
    last = _last(site)
    if last not in ("delete", "merge", "update"):
        return _NOTHING
    if (
        site.target is not None
        and site.target.startswith(("sqlalchemy.", "sqlmodel."))
        and session_kind(project, site.receiver) is None
    ):
        direct = _tables(project, key, site.call[2][:1])
        if direct and site.receiver is None:
            return direct
    if "write" not in database_effects(project, site) or (site.target is not None and ":" in site.target):
        return _NOTHING
    if session_kind(project, site.receiver) is not None and site.call[2]:
        entity = entity_of(project, key, site.call[2][0], site.at)
        return frozenset({entity.cls}) if entity is not None else _NOTHING
    asked = [call for call in ir.calls(site.call[1]) if ir.last_name(call[1]) == "query"]
    return _tables(project, key, asked[0][2][:1]) if asked else _NOTHING


def _assigned(body: Body) -> Iterator[tuple[str, int]]:
    """(name, ordinal) for `name.attribute = ...`."""
    for statement in ir.statements(body.statements):
        targets = statement[1] if statement[0] == "assign" else (statement[1],) if statement[0] == "aug" else ()
        for target in targets:
            if ir.is_a(target, "ref") and target[1].count(".") == 1:
                yield target[1].partition(".")[0], target[2]


def _is_made(project: Project, body: Body, name: str) -> bool:
    """Whether a name is (also) bound to a row that is new."""
    for raw in body.raw_binds:
        if raw[0] == name and ir.is_a(raw[2], "call"):
            symbol = resolve(project, body.key, dotted(raw[2][1]) or "")
            if symbol is not None and is_table(project, symbol):
                return True
    return False


def _last(site: Site) -> str:
    """The own name of what is called, whatever it is imported as."""
    if site.target is not None and ":" not in site.target:
        return site.target.rpartition(".")[2]
    return ir.last_name(site.call[1])


@query
def touches_cache(project: Project, key: str, depth: int) -> bool:
    """Whether a function, or what it calls, may bring a cache up to date: by its calls, their names, or its decorators."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if body is None:
        return False
    if function is not None and any(_says(d[1] if ir.is_a(d, "call") else d) for d in function.decorators):
        return True
    if cache_calls(project, key) or any(_says(call[1]) for call, *_ in body.raw_calls):
        return True
    callees = dict.fromkeys(edge.callee for edge in local_summary(project, key).edges)
    return depth > 0 and any(touches_cache(project, callee, depth - 1) for callee in callees)


def _says(func: Expr) -> bool:
    name = dotted(func) or ir.last_name(func)
    return not _TOUCHING.isdisjoint(words(name))
