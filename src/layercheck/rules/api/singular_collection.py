"""Name collections in the plural.

`POST /user` next to `GET /users` makes every client look up which of the two it was this time. Where every collection is plural nobody
has to: `/users` is the collection, `/users/{user_id}` one of it.

Said only where it is certain that a segment is a collection: the parameter after it repeats its name (`/user/{user_id}`,
`/item/{itemId}`, `/user/{username}`), or it has a plain key (`/item/{id}`) and the routes treat it as one: they read and change single
items, or make new ones at `/item`. Not looked at are what has no plural or is there once (`/media`, `/profile/{profile_id}`, `/auth`: lists
in `knowledge/nouns.py`, and the option `allowed`), actions (`/activate/{id}`), ways of looking things up (`/posts/user/{user_id}`,
`/users/by-name/{name}`), pages, routes outside the schema, and everything that ends in s. The last word of a compound decides: `/order-item/{item_id}`.

Each is reported once for a router, where it is written: at the router's prefix, or at the first route that has it.

How to fix: `/users/{user_id}`.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/book/{book_id}")
def read_book(book_id: int) -> int:
    return book_id
```
```python good app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/books/{book_id}")
def read_book(book_id: int) -> int:
    return book_id
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Module
from layercheck.knowledge.nouns import (
    ACTIONS,
    ATTRIBUTES,
    LINKS,
    NAMESPACES,
    PLURAL_FORMS,
    PLURALS,
    SINGLETONS,
    UNCOUNTABLE,
)
from layercheck.model import Fault, Level, Option, Place, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.publicity import is_page
from layercheck.queries.routers import router_made
from layercheck.queries.routes import UNKNOWN_PART, Route, route_table
from layercheck.tuples import NamedTuple

RULE = Rule(
    code="LC402",
    name="singular-collection",
    message="{segment} in {path} is a collection in the singular: name it {plural}",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("API-1",),
    since="0.1",
    options=(Option("allowed", (), "segments that may stay in the singular"),),
)
_SEGMENT = pattern(r"[A-Za-z][A-Za-z_-]*")
_PARAMETER = pattern(r"{([A-Za-z_][A-Za-z0-9_]*)(?::(?:int|str|uuid))?}")
_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_KEY_ENDINGS = frozenset(
    {
        "id",
        "uuid",
        "guid",
        "uid",
        "ulid",
        "pk",
        "slug",
        "name",
        "key",
        "code",
        "number",
        "no",
        "ref",
        "hash",
        "idorslug",
    }
)
_PLAIN_KEYS = frozenset(
    {"id", "uuid", "guid", "uid", "ulid", "pk", "slug", "itemid", "objectid", "resourceid", "entityid", "objid", "rid"}
)
_VERSION = pattern(r"v\d+(?:\.\d+)?(?:alpha|beta)?\d*")
_CHANGING = frozenset({"PUT", "PATCH", "DELETE"})


class _Seen(NamedTuple):
    """A literal segment with a parameter after it, in one route."""

    place: Place
    segment: str
    path: str


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The singular collections whose name is written in a file."""
    option = project.settings.option(RULE, "allowed")
    allowed = option if isinstance(option, tuple) else ()
    for one in _singular(project):
        if one.place.key.partition(":")[0] == module.path and one.segment not in allowed:
            yield Fault(one.place, {"segment": one.segment, "path": one.path, "plural": _plural(one.segment)})


@query
def _singular(project: Project) -> tuple[_Seen, ...]:
    """Every singular collection of the project, once a router."""
    methods = _methods(project)
    found: dict[tuple[str, tuple[str, ...]], _Seen] = {}
    for route in route_table(project):
        if route.method == "WEBSOCKET" or route.include_in_schema is False or is_page(project, route):
            continue
        parts = _parts(route.path)
        for position in range(len(parts) - 1):
            if _is_singular_collection(parts, position, (route.app, *parts[: position + 2]), methods):
                shown = parts[: position + 2] if route.exact else parts[position : position + 2]
                key = (route.router, parts[: position + 1])
                if key not in found:
                    place = _written_at(project, route, parts, position)
                    found[key] = _Seen(place, parts[position], "/" + "/".join(shown))
    return tuple(dict.fromkeys(found.values()))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


class _Methods(dict[tuple[str, ...], frozenset[str]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


@query
def _methods(project: Project) -> _Methods:
    """(application, segments...) -> the methods of the routes there; "/" where a longer path goes on. Names of parameters do not count."""
    found: dict[tuple[str, ...], set[str]] = {}
    for route in route_table(project):
        parts = _anonymous((route.app, *_parts(route.path)))
        found.setdefault(parts, set()).add(route.method)
        for end in range(1, len(parts)):
            found.setdefault(parts[:end], set()).add("/")
    return _Methods({parts: frozenset(methods) for parts, methods in found.items()})


def _anonymous(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("{}" if part.startswith("{") else part for part in parts)


# ------------------------------------------------------------------------------------------------------------ evidence


def _is_singular_collection(parts: tuple[str, ...], position: int, item: tuple[str, ...], methods: _Methods) -> bool:
    """Whether a segment surely is a collection, and in the singular; `item` is the key of the path with its parameter."""
    segment = parts[position]
    key = _PARAMETER.fullmatch(parts[position + 1])
    if key is None or _SEGMENT.fullmatch(segment) is None or not _has_plural(segment):
        return False
    before = parts[position - 1] if position else ""
    if _is_action(before) or _is_resource(before) or before == _plural(segment):
        return False  # /delete/user/{user_id}; /stock/product/{product_id} is about the stock
    there = methods.get(_anonymous(item), frozenset())
    above = methods.get(_anonymous(item[:-1]), frozenset())
    kept = bool(there & _CHANGING) and "GET" in there
    treated = kept or ("POST" in above and bool(there & (_CHANGING | {"GET"})))
    if _repeats(key[1], segment):
        # below something else a name may say how to look it up: /activity/user/{user_id}
        return treated or (_is_namespace(before) and bool(there & {"GET", "PATCH", "DELETE", "/"}))
    exact = key[1].lower().replace("_", "") == segment.lower().replace("_", "").replace("-", "")
    plain = key[1].lower().replace("_", "") in _PLAIN_KEYS
    known = (plain or exact) and _words(segment)[-1] not in ATTRIBUTES
    return known and treated and not _is_plural(before)  # /collections/smart/{id} is a kind of collection


def _repeats(parameter: str, segment: str) -> bool:
    """Whether a parameter is the key of what a segment names: user_id, userId and username for user; item_id for order-item."""
    said = parameter.lower().replace("_", "")
    words = _words(segment)
    for start in range(len(words)):
        noun = "".join(words[start:])
        if said.startswith(noun) and said[len(noun) :] in _KEY_ENDINGS:
            return True
    return False


def _words(segment: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(segment)] or [""]


def _has_plural(segment: str) -> bool:
    """Whether a segment is a noun in the singular that could be in the plural."""
    words = _words(segment)
    last = words[-1]
    if len(last) < 3 or last.endswith(("s", "ing")) or words[0] in ACTIONS | LINKS or re.fullmatch(r"v\d*", last):
        return False
    return last not in UNCOUNTABLE | SINGLETONS | PLURAL_FORMS | ACTIONS and segment.lower() not in SINGLETONS


def _is_action(segment: str) -> bool:
    return bool(segment) and not segment.startswith("{") and _words(segment)[0] in ACTIONS


def _is_resource(segment: str) -> bool:
    """Whether a segment names something without plural: what comes after it is what it is about."""
    return _SEGMENT.fullmatch(segment) is not None and _words(segment)[-1] in UNCOUNTABLE


def _is_namespace(segment: str) -> bool:
    """Whether a segment names no resource: nothing, a version, a part of the API."""
    return segment in ("", UNKNOWN_PART) or segment.lower() in NAMESPACES or _VERSION.fullmatch(segment) is not None


def _is_plural(segment: str) -> bool:
    if not segment or segment.startswith("{"):
        return False
    last = _words(segment)[-1]
    return last.endswith("s") or last in PLURAL_FORMS


def _plural(segment: str) -> str:
    """The segment in the plural; what stands before its last word stays."""
    last = _WORD.findall(segment)[-1]
    low = last.lower()
    if low in PLURALS:
        new = PLURALS[low]
        new = new[0].upper() + new[1:] if last[0].isupper() else new
    elif low.endswith(("x", "z", "ch", "sh")):
        new = f"{last}es"
    elif low.endswith("y") and low[-2:-1] not in ("a", "e", "i", "o", "u"):
        new = f"{last[:-1]}ies"
    else:
        new = f"{last}s"
    head, _, tail = segment.rpartition(last)
    return f"{head}{new}{tail}"


# -------------------------------------------------------------------------------------------------------------- places


def _written_at(project: Project, route: Route, parts: tuple[str, ...], position: int) -> Place:
    """Where a segment of a route's path is written: the route, or the constructor of its router; the route where neither is sure."""
    own = _parts(route.own_path)
    if position >= len(parts) - len(own):
        return route.place
    made = router_made(project, route.router)
    prefix = ir.keyword(made.call, "prefix") if made is not None else None
    text = string_value(project, made.scope, prefix) if made is not None and prefix is not None else None
    if made is not None and text is not None and parts[position] in _parts(text):
        return Place("Body", made.scope, made.call[4])
    return route.place
