"""Put a namespace in front of every cache key.

A store is shared: under the key `42` lies a user today and an order tomorrow, and whoever reads gets the wrong one or breaks on it. With
a namespace (`shop:user:42`) keys cannot collide, can be found by a person, and can be removed together.

How to fix: build keys in one place: `def user_key(user_id: int) -> str: return f"shop:user:{user_id}"`.

What counts: writes (`set`, `setex` and the like; collections too) of a Redis client or of aiocache whose key is one bare value
(`str(user_id)`, `user.id`, `f"{email}"`) or a literal without any separator (`"users"`). A name counts as a bare value when it says so:
it ends in `id`, `uuid`, `email`, `token` and the like. Not reported: locks (`nx=True`), names of collections, keys of unknown making,
clients of a class of the project, and aiocache caches where one is made with `namespace=` or `key_builder=`.

```python bad app/services/sessions.py
from redis import Redis


def remember(redis: Redis, user_id: int, page: str) -> None:
    redis.set(str(user_id), page, ex=60)
```
```python good app/services/sessions.py
from redis import Redis


def remember(redis: Redis, user_id: int, page: str) -> None:
    redis.set(f"shop:page:{user_id}", page, ex=60)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Bind, Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.caching import AIOCACHE_CLASSES, AIOCACHE_WRITES, REDIS_COLLECTIONS, REDIS_VALUES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.caching import AIOCACHE, REDIS, CacheCall, cache_calls, key_of
from layercheck.queries.callgraph import sites
from layercheck.queries.import_names import all_imported
from layercheck.queries.secrets import words
from layercheck.queries.show import show
from layercheck.queries.symbols import resolve

RULE = Rule(
    code="LC620",
    name="cache-key-without-namespace",
    message="the cache key {key} does not say what it is the key of: put a namespace in front, as in {example}",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("DATA-11",),
    since="0.1",
)
_IDENTITIES = frozenset({"email", "guid", "id", "jti", "phone", "pk", "slug", "token", "username", "uuid"})
_TEXTS = frozenset({"repr", "str"})
_RANDOM = ("secrets.", "uuid.")


def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each write to a shared cache under a key that is one bare value."""
    for call in cache_calls(project, body.key):
        if not _writes(call) or _is_own_class(call) or ir.argument(call.site.call, 4, "nx") == ("const", True):
            continue
        if call.client == AIOCACHE and (
            ir.keyword(call.site.call, "namespace") is not None or _prefixed_clients(project)
        ):
            continue
        key = key_of(call)
        shown = _bare(project, body, key, call.site.at, call.method not in REDIS_COLLECTIONS)
        if shown is not None:
            fields = {"key": shown, "example": _example(key)}
            yield Fault(body.place(call.site.at), fields)


def _writes(call: CacheCall) -> bool:
    if call.client == REDIS:
        return call.method in REDIS_VALUES or call.method in REDIS_COLLECTIONS
    return call.method in AIOCACHE_WRITES and call.method != "multi_set"


def _is_own_class(call: CacheCall) -> bool:
    """A client class of the project may put a prefix before every key."""
    receiver = call.site.receiver
    return receiver is not None and receiver[0] == "inst" and ":" in receiver[1]


def _bare(project: Project, body: Body, key: Expr | None, at: int, literals: bool) -> str | None:
    """The key as text when it is one bare value or, if wanted, a literal without separator."""
    text = ir.text_of(key)
    if text is not None:
        return repr(text) if literals and text.isalnum() else None
    if key.__class__ is str and not _is_param(project, body, key):
        binds = [Bind._make(raw) for raw in body.raw_binds if raw[0] == key]
        if len(binds) != 1 or binds[0].at > at:
            return None
        bare = _is_text_of_identity(binds[0].value) or (_names_identity(key) and _is_plain(project, body, binds[0]))
        return show(key) if bare else None
    return show(key) if _is_text_of_identity(key) else None


def _is_param(project: Project, body: Body, name: str) -> bool:
    function = project.get(Function, body.key)
    return function is not None and any(p.name == name for p in function.params)


def _is_plain(project: Project, body: Body, bind: Bind) -> bool:
    """Whether a local name surely holds a value as it comes: an element, an item, an attribute, something random."""
    if bind.kind in ("for", "comp"):
        return True
    value = bind.value
    if ir.is_a(value, "call") and value is not None:
        symbol = resolve(project, body.key, dotted(value[1]) or "")
        return value[1] in _TEXTS or (symbol is not None and symbol.startswith(_RANDOM))
    return bind.kind in ("=", ":=") and (ir.is_a(value, "item") or ir.is_a(value, "attr") or ir.is_a(value, "ref"))


def _is_text_of_identity(e: Expr | None) -> bool:
    """`user_id`, `user.id`, `str(user_id)`, `f"{user_id}"`."""
    if ir.is_a(e, "fstr"):
        return bool(e[1]) and all(_names_identity(part) for part in e[1])  # type: ignore[index]
    if ir.is_a(e, "call") and e is not None:
        return e[1] in _TEXTS and len(e[2]) == 1 and not e[3] and _names_identity(e[2][0])
    return _names_identity(e)


def _names_identity(e: Expr | None) -> bool:
    """A name (no constant) whose last word says that it is the value that tells one thing from another."""
    name = dotted(e) or ""
    last = name.rpartition(".")[2]
    return not last.isupper() and not _IDENTITIES.isdisjoint(words(last)[-1:])


def _example(key: Expr | None) -> str:
    text = ir.text_of(key)
    if text is not None:
        return repr(f"app:{text}")
    inner = key[2][0] if ir.is_a(key, "call") and key is not None and key[2] else key
    name = dotted(inner)
    return f'f"app:kind:{{{name}}}"' if name is not None else 'f"app:kind:{...}"'


@query
def _prefixed_clients(project: Project) -> bool:
    """Whether some aiocache cache of the project is made with a namespace or builds its keys itself."""
    importing = [path for path, (module, _, _) in all_imported(project) if module.partition(".")[0] == "aiocache"]
    return any(_prefixed_in(project, path) for path in dict.fromkeys(importing))


@query
def _prefixed_in(project: Project, path: str) -> bool:
    return any(
        site.target in AIOCACHE_CLASSES and any(name in (None, "namespace", "key_builder") for name, _ in site.call[3])
        for body in project.of_file(Body, path)
        for site in sites(project, body.key)
    )
