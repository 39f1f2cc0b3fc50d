"""Which routes can never be reached, because an earlier one of the same application answers all their requests."""

from __future__ import annotations

from layercheck import ir
from layercheck.knowledge.frameworks import HTTP_METHODS
from layercheck.project import Project, query
from layercheck.queries.paths import covers, literal_start
from layercheck.queries.routes import MOUNT, Route, applications, registered
from layercheck.tuples import NamedTuple

_ADDS_HEAD = frozenset({"add_route", "route", "Route"})
_COLLECTIONS = ("list", "tuple", "set")
_VERBS = frozenset(HTTP_METHODS)


class Shadow(NamedTuple):
    """A route and the earlier route or mount that answers in its place."""

    route: Route
    earlier: Route


class _ByFile(dict[str, tuple[Shadow, ...]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


@query
def shadows(project: Project) -> _ByFile:
    """file -> the routes registered in it that can never be reached, in order of registration."""
    table: dict[str, list[Shadow]] = {}
    for app in applications(project):
        for shadow in _shadows_of(project, app):
            table.setdefault(shadow.route.head.key.partition(":")[0], []).append(shadow)
    return _ByFile({path: tuple(found) for path, found in table.items()})


def _shadows_of(project: Project, app: str) -> list[Shadow]:
    """The router takes the first entry whose path and method fit (starlette/routing.py, Router.app); a path alone is not enough."""
    out = []
    before: dict[str, list[tuple[int, Route]]] = {}
    for place, route in enumerate(registered(project, app)):
        if not route.exact or not _known_methods(route):
            continue
        if route.method != MOUNT:
            earlier = _captor(route, before)
            if earlier is not None:
                out.append(Shadow(route, earlier))
        before.setdefault(literal_start(route.path), []).append((place, route))
    return out


def _captor(route: Route, before: dict[str, list[tuple[int, Route]]]) -> Route | None:
    """The first earlier entry that covers a route; None when there is none or it has the same handler.

    Only entries whose literal start is a start of the route's own come into question.
    """
    start = literal_start(route.path)
    found = [
        (place, earlier)
        for end in range(len(start) + 1)
        for place, earlier in before.get(start[:end], ())
        if _answers(earlier, route)
    ]
    first = min(found, key=lambda entry: entry[0])[1] if found else None
    return None if first is None or (first.handler is not None and first.handler == route.handler) else first


def _answers(earlier: Route, route: Route) -> bool:
    if earlier.method == MOUNT:
        around, depth = earlier.mounts[:-1], len(earlier.mounts)
        if route.mounts[:depth] == earlier.mounts or route.mounts[: depth - 1] != around:
            return False
    elif (earlier.method == "WEBSOCKET") != (route.method == "WEBSOCKET") or route.method not in _methods(earlier):
        return False
    if earlier.router == route.router and earlier.place.key.partition(":")[0] != route.place.key.partition(":")[0]:
        return False  # the order of two files that register on one router is that of their imports
    if not set(earlier.conditions) <= set(route.conditions):
        return False
    if earlier.method != MOUNT and not _may_cover(earlier.path, route.path):
        return False
    return covers(earlier.path, route.path)


def _may_cover(earlier: str, path: str) -> bool:
    """What `covers` needs at least, at the price of two splits: as many segments, and the same ones where they are literal."""
    if ":path" in earlier:
        return True
    ours, theirs = earlier.split("/"), path.split("/")
    return len(ours) == len(theirs) and all(a == b or "{" in a for a, b in zip(ours, theirs, strict=True))


def _methods(route: Route) -> tuple[str, ...]:
    """The methods of an entry; Starlette's own routes answer HEAD where they answer GET, FastAPI's do not."""
    if route.method == "GET" and ir.last_name(route.call[1]) in _ADDS_HEAD:
        return ("GET", "HEAD")
    return (route.method,)


def _known_methods(route: Route) -> bool:
    """Whether methods=... is written out (or left to its default)."""
    given = ir.keyword(route.call, "methods")
    starred = any(name is None for name, _ in route.call[3]) and ir.last_name(route.call[1]) not in _VERBS
    return not starred and (given is None or (given.__class__ is tuple and given[0] in _COLLECTIONS))
