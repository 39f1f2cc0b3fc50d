"""The route table: every path operation with its full path, as the running application would list it.

DESIGN: from every application (a FastAPI or Starlette object that no other one mounts) the entries of its routers are walked in
registration order. Prefixes, tags and dependencies add up on the way: application, include_router, APIRouter(prefix=...), mount.
A part of a path that cannot be evaluated becomes "{?}" and the route is marked inexact. Routers that no application reaches
give routes that are marked unmounted, with the prefix they have themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.declared_responses import both_responses, declared_responses, router_class_documents
from layercheck.queries.depends import Dependency, declared_dependencies, decorator_dependencies, depends_call
from layercheck.queries.file_kinds import is_test
from layercheck.queries.handlers import handlers_in, is_handler, registrations
from layercheck.queries.router_entries import entries_by_router, http_methods
from layercheck.queries.routers import Entry, Made, is_known_router, router_made, routers_made_in
from layercheck.queries.symbols import binding, class_attribute, mro, resolve
from layercheck.tuples import NamedTuple

UNKNOWN_PART = "{?}"
MOUNT = "MOUNT"
"""The method of the entries that stand for a mount in `registered`."""
_MAX_DEPTH = 24
_PLAIN = frozenset({"add_route", "add_websocket_route", "route", "websocket_route"})
"""Starlette's own ways to register: an APIRouter does not put its prefix before these paths (fastapi/routing.py)."""


class Route(NamedTuple):
    """One path operation of one application."""

    method: str
    """Upper case; "WEBSOCKET" for websockets."""
    path: str
    handler: str | None
    """Key of the handler function; None when it cannot be resolved."""
    app: str
    """The application's router id, "" for routes that no application reaches."""
    order: int
    """Position in the application's registration order."""
    exact: bool
    """False when part of the path could not be evaluated."""
    own_path: str
    """The path as written at the registration."""
    call: Expr
    """The decorator or call that registers it; its keywords say status_code, response_model, ..."""
    scope: str
    """The key whose names `call` uses."""
    at: int
    decorated: bool
    dependencies: tuple[Dependency, ...]
    """Those of decorator, routers, includes and application, outermost first (not the handler's own parameters)."""
    unknown_dependencies: bool
    """Some dependencies=... on the way could not be resolved."""
    include_in_schema: bool | None
    deprecated: bool | None
    tags: tuple[str, ...]
    response_class: str | None
    """The symbol of response_class=, or of the default_response_class on the way; None when nothing is said (JSON)."""
    conditional: bool
    route_class: str | None = None
    """The class of the routes: `APIRouter(route_class=...)` of the router itself."""
    router: str = ""
    """The router that it is registered on."""
    mounts: tuple[str, ...] = ()
    """The mounts that it lies below, outermost first; the entry of a mount counts itself."""
    conditions: tuple[str, ...] = ()
    """The entries on the way that stand in an if or a try: a route below the same ones is there whenever this one is."""
    responses: tuple[str, ...] | None = ()
    """What `responses=` documents, here and on the way ("404", "4XX", "default"), sorted; None when it cannot be evaluated."""
    documented: bool = True
    """False where the application that serves it (a mounted one, maybe) has no OpenAPI document: openapi_url=None."""
    levels: tuple[str, ...] = ()
    """Where each of `dependencies` stands: "application", "router", "include" or "decorator"."""

    @property
    def place(self) -> Place:
        """The registration: the decorator's call, or the add_api_route call."""
        if self.decorated and self.handler is not None:
            return Place("Function", self.handler, self.at)
        return Place("Body", self.scope, self.at)

    @property
    def head(self) -> Place:
        """The handler's def line; the registering call where a call registers it."""
        return Place("Function", self.handler, 0) if self.decorated and self.handler is not None else self.place


class _Context(NamedTuple):
    app: str
    prefix: str
    exact: bool
    dependencies: tuple[Dependency, ...]
    unknown: bool
    include_in_schema: bool | None
    deprecated: bool | None
    tags: tuple[str, ...]
    response_class: str | None
    conditional: bool
    seen: tuple[str, ...]
    route_class: str | None = None
    mounts: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    own: str = ""
    """What the router's own constructor added to the prefix."""
    responses: tuple[str, ...] | None = ()
    documented: bool = True
    levels: tuple[str, ...] = ()
    """Where each of `dependencies` stands."""


@query
def applications(project: Project) -> tuple[str, ...]:
    """The applications of the project that no other application mounts, in order of path."""
    found: list[str] = []
    for path in project.files():
        if path.endswith(".py") and not is_test(project, path):
            found.extend(router for router, made in routers_made_in(project, path) if made.is_app)
    table = entries_by_router(project)
    handed = {e.target for entries in table.values() for e in entries if e.kind == "delegate"}
    # A function that mounts on whatever application it is handed takes nothing away while nobody in the project calls it.
    mounted = {
        e.target
        for owner, entries in table.items()
        if not owner.endswith(")") or owner in handed
        for e in entries
        if e.kind == "mount"
    }
    return tuple(app for app in found if app not in mounted)


@query
def registered(project: Project, app: str) -> tuple[Route, ...]:
    """The routes of an application in registration order, with an entry for each mount: what the router tries one after the other."""
    return tuple(_walk(project, app, _start(project, app, app)))


@query
def route_table(project: Project) -> tuple[Route, ...]:
    """Every route: those of applications in registration order, then those of routers that no application reaches."""
    out: list[Route] = []
    reached: set[str] = set()
    for app in applications(project):
        routes = [route for route in registered(project, app) if route.method != MOUNT]
        reached.update(route.router for route in routes)
        out.extend(route._replace(order=order) for order, route in enumerate(routes))
        reached.add(app)
    included = {
        e.target for entries in entries_by_router(project).values() for e in entries if e.target and e.kind != "route"
    }
    for router in sorted(entries_by_router(project)):
        if is_test(project, router.partition(":")[0]):
            continue
        if router in reached or (router in included and _included_by_unreached(project, router, reached)):
            continue
        for route in _walk(project, router, _start(project, router, "")):
            if route.router not in reached and route.method != MOUNT:
                out.append(route)
    return tuple(dict.fromkeys(out))


def _included_by_unreached(project: Project, router: str, reached: set[str]) -> bool:
    """Whether some router that is walked itself includes this one: it is then listed below that one."""
    for owner, entries in entries_by_router(project).items():
        if owner != router and owner not in reached and any(e.target == router and e.kind != "route" for e in entries):
            return not owner.endswith(")")
    return False


def _start(project: Project, router: str, app: str) -> _Context:
    return _Context(app, "", True, (), False, None, None, (), None, False, ())


def _walk(project: Project, router: str, context: _Context) -> Iterator[Route]:
    if router in context.seen or len(context.seen) > _MAX_DEPTH:
        return
    made = router_made(project, router)
    inside = _inside(project, made, context)._replace(seen=(*context.seen, router))
    for entry in _entries(project, router, made):
        here = _under(inside, entry)
        if entry.kind == "route":
            yield from (route._replace(router=router) for route in _routes(project, entry, here))
            continue
        if entry.kind == "mount":
            yield _mount(project, entry, here, router)
        if entry.target is None:
            continue
        if entry.kind == "delegate":
            # the parameter is the same router: nothing is added on the way
            yield from _walk_entries(project, entry, here)
        else:
            for target in _targets(project, entry.target):
                yield from _walk(project, target, _through(project, entry, here))


def _under(context: _Context, entry: Entry) -> _Context:
    """The context below an entry that may stand under a condition."""
    if not entry.conditional:
        return context
    return context._replace(
        conditional=True, conditions=(*context.conditions, f"{entry.scope}@{entry.at} {entry.target}")
    )


def _targets(project: Project, router: str) -> tuple[str, ...]:
    """The routers that an included parameter stands for: those that callers hand over; any other router is itself."""
    if not router.endswith(")"):
        return (router,)
    table = entries_by_router(project)
    return tuple(
        owner for owner, entries in table.items() if any(e.kind == "delegate" and e.target == router for e in entries)
    )


@query(bottom=False)
def _leads_somewhere(project: Project, parameter: str) -> bool:
    """Whether a function puts anything on the router it is handed, itself or through those it hands it to.

    Without this, functions that only pass an object around would be walked along every path through them.
    """
    return any(
        entry.kind != "delegate" or (entry.target is not None and _leads_somewhere(project, entry.target))
        for entry in entries_by_router(project).get(parameter, ())
    )


def _walk_entries(project: Project, delegation: Entry, context: _Context) -> Iterator[Route]:
    """What a project function puts on the router it was handed, with the other arguments of that very call."""
    parameter = delegation.target
    if parameter is None or parameter in context.seen or not _leads_somewhere(project, parameter):
        return
    function = parameter.partition("(")[0]
    routers = {f"{function}({name})": router for name, router, _ in delegation.arguments if router is not None}
    texts: dict[str, Expr] = {name: ("const", text) for name, _, text in delegation.arguments if text is not None}
    texts.update(dict.fromkeys(_left_out(project, function, delegation), ("const", None)))
    here = context._replace(seen=(*context.seen, parameter))
    for entry in entries_by_router(project).get(parameter, ()):
        entry = entry._replace(call=ir.substitute(entry.call, texts)) if texts else entry
        target = routers.get(entry.target or "", entry.target)
        inner = _under(here, entry)
        if entry.kind == "route":
            yield from (route._replace(router=parameter) for route in _routes(project, entry, inner))
            continue
        if entry.kind == "mount":
            yield _mount(project, entry, inner, parameter)
        if target is not None and entry.kind == "delegate":
            yield from _walk_entries(project, entry._replace(target=target), inner)
        elif target is not None:
            for one in _targets(project, target):
                yield from _walk(project, one, _through(project, entry, inner))


def _left_out(project: Project, key: str, delegation: Entry) -> Iterator[str]:
    """The parameters that a call leaves to their default None, or gives None: `def add(app, dependencies=None)`."""
    function = project.get(Function, key)
    call = delegation.call
    if function is None or any(ir.is_a(a, "star") for a in call[2]) or any(name is None for name, _ in call[3]):
        return
    given = {name for name, _, _ in delegation.arguments if ir.keyword(call, name) != ("const", None)}
    yield from (p.name for p in function.params if p.name not in given and p.default == ("const", None))


def _entries(project: Project, router: str, made: Made | None) -> tuple[Entry, ...]:
    """The entries of a router, those of its class's own methods (a subclass that registers on self) first."""
    table = entries_by_router(project)
    own: tuple[Entry, ...] = ()
    if made is not None and ":" in made.cls:
        for base in mro(project, made.cls):
            init = class_attribute(project, base, "__init__") if ":" in base else None
            if init is not None and ":" in init:
                function = project.get(Function, init)
                if function is not None and function.raw_params:
                    own += table.get(f"{init}({function.raw_params[0][0]})", ())
                break
    return own + table.get(router, ())


def _inside(project: Project, made: Made | None, context: _Context) -> _Context:
    """What the router's own constructor adds."""
    if made is None:
        return context
    prefix, exact = _prefix(project, made.scope, ir.keyword(made.call, "prefix"))
    extra = decorator_dependencies(project, made.scope, made.call)
    inner = _class_call(project, made)
    if inner is not None:
        if prefix == "" and ir.keyword(inner[1], "prefix") is not None:
            prefix, exact = _prefix(project, inner[0], ir.keyword(inner[1], "prefix"))
        more = () if _handed_on(project, *inner, "dependencies") else decorator_dependencies(project, *inner)
        extra = (*more, *extra) if more is not None and extra is not None else None
    return context._replace(
        prefix=context.prefix + prefix,
        own=prefix,
        exact=context.exact and exact,
        dependencies=context.dependencies + (extra or ()),
        unknown=context.unknown or extra is None,
        include_in_schema=_and(context.include_in_schema, _flag(made.call, "include_in_schema")),
        deprecated=context.deprecated or _flag(made.call, "deprecated"),
        tags=context.tags + _tags(project, made.scope, made.call),
        response_class=_symbol(project, made.scope, ir.keyword(made.call, "default_response_class"))
        or context.response_class,
        route_class=_symbol(project, made.scope, ir.keyword(made.call, "route_class"))
        or (None if is_known_router(made.cls) else made.cls),
        responses=both_responses(context.responses, _router_responses(project, made, inner)),
        documented=_has_document(project, made) if made.is_app else context.documented,
        levels=context.levels + ("application" if made.is_app else "router",) * len(extra or ()),
    )


def _has_document(project: Project, made: Made) -> bool:
    """Whether an application makes an OpenAPI document: Starlette does not, nor FastAPI where the URL is None."""
    classes = (made.cls, *mro(project, made.cls))
    plain = "starlette.applications.Starlette" in classes and "fastapi.FastAPI" not in classes[1:]
    return not plain and ir.keyword(made.call, "openapi_url") != ("const", None)


def _router_responses(project: Project, made: Made, inner: tuple[str, Expr] | None) -> tuple[str, ...] | None:
    """What a router documents for all its routes: by its constructor's call and by that of its class."""
    found = declared_responses(project, made.scope, made.call)
    if ":" in made.cls and router_class_documents(project, made.cls):
        return None
    if inner is None or _handed_on(project, *inner, "responses"):
        return found
    init = project.get(Function, inner[0])
    given = {p.name for p in init.params if p.kind == "kwvar"} if init is not None else set()
    # `super().__init__(**kwargs)` hands on what stands in the constructor's call
    own = (*inner[1][:3], tuple((n, v) for n, v in inner[1][3] if n is not None or v not in given), inner[1][4])
    return both_responses(found, declared_responses(project, inner[0], own))


def _symbol(project: Project, scope: str, e: Expr | None) -> str | None:
    name = dotted(e) if e is not None else None
    return resolve(project, scope, name) if name else None


def _handed_on(project: Project, init: str, call: Expr, name: str) -> bool:
    """Whether the base class gets a parameter of the constructor as it came: it stands in the constructor's call already."""
    value = ir.keyword(call, name)
    function = project.get(Function, init)
    return isinstance(value, str) and function is not None and any(p.name == value for p in function.params)


def _class_call(project: Project, made: Made) -> tuple[str, Expr] | None:
    """(scope, call) of the `super().__init__(...)` of a router class of the project: it adds to what the constructor is given."""
    init = class_attribute(project, made.cls, "__init__") if ":" in made.cls else None
    body = project.get(Body, init) if init is not None and ":" in init else None
    for call, *_ in body.raw_calls if body is not None else ():
        if ir.last_name(call[1]) == "__init__" and body is not None:
            return body.key, call
    return None


def _through(project: Project, entry: Entry, context: _Context) -> _Context:
    """What an include_router or mount call adds."""
    if entry.kind == "mount":
        prefix, exact = _prefix(project, entry.scope, ir.argument(entry.call, 0, "path"))
        below = context.prefix + prefix.rstrip("/")
        return context._replace(
            prefix=below,
            exact=context.exact and exact,
            dependencies=(),
            levels=(),
            unknown=False,
            responses=(),
            mounts=(*context.mounts, f"{entry.scope}@{entry.at} {below}"),
        )
    prefix, exact = _prefix(project, entry.scope, ir.argument(entry.call, 1, "prefix"))
    extra = decorator_dependencies(project, entry.scope, entry.call)
    starred = any(name is None for name, _ in entry.call[3])
    return context._replace(
        prefix=context.prefix + prefix,
        exact=context.exact and exact and not starred,
        dependencies=context.dependencies + (extra or ()),
        levels=context.levels + ("include",) * len(extra or ()),
        unknown=context.unknown or extra is None or starred,
        include_in_schema=_and(context.include_in_schema, _flag(entry.call, "include_in_schema")),
        deprecated=context.deprecated or _flag(entry.call, "deprecated"),
        tags=context.tags + _tags(project, entry.scope, entry.call),
        response_class=_symbol(project, entry.scope, ir.keyword(entry.call, "default_response_class"))
        or context.response_class,
        responses=both_responses(context.responses, declared_responses(project, entry.scope, entry.call)),
    )


def _mount(project: Project, entry: Entry, context: _Context, router: str) -> Route:
    """The entry for a mount itself: it answers everything below its path, whatever the method."""
    below = _through(project, entry, context)
    return Route(
        MOUNT, below.prefix + "/{path:path}", None, context.app, 0, below.exact, below.prefix, entry.call, entry.scope, entry.at, False, (),
        False, None, None, (), None, context.conditional, None, router, below.mounts, context.conditions,
    )  # fmt: skip


def _prefix(project: Project, scope: str, e: Expr | None) -> tuple[str, bool]:
    if e is None or e == ("const", None):
        return "", True
    text = string_value(project, scope, e)
    if text is not None:
        return text, True
    if ir.is_a(e, "fstr") or (ir.is_a(e, "op") and e[1] == "+"):
        parts = e[1] if ir.is_a(e, "fstr") else e[2]
        return "".join(v if (v := string_value(project, scope, p)) is not None else UNKNOWN_PART for p in parts), False
    default = _environment_default(project, scope, e)
    return (default, False) if default is not None else (f"/{UNKNOWN_PART}", False)


def _environment_default(project: Project, scope: str, e: Expr) -> str | None:
    """The text that stands in for a variable of the environment that is not set: `os.environ.get("PREFIX", "")`, a local name of it."""
    if e.__class__ is str:
        body = project.get(Body, scope)
        bound = [raw[2] for raw in body.raw_binds if raw[0] == e] if body is not None else []
        return _environment_default(project, scope, bound[0]) if len(bound) == 1 and bound[0] != e else None
    if not ir.is_a(e, "call"):
        return None
    if ir.is_a(e[1], "attr") and e[1][2] in ("rstrip", "strip") and not e[3]:
        inner = _environment_default(project, scope, e[1][1])
        return getattr(inner, e[1][2])(*(a[1] for a in e[2] if ir.is_a(a, "const"))) if inner is not None else None
    name = dotted(e[1])
    if name is None or resolve(project, scope, name) not in ("os.getenv", "os.environ.get"):
        return None
    return string_value(project, scope, ir.argument(e, 1, "default"))


def _spread_out(project: Project, scope: str, call: Expr) -> Expr:
    """A call with the keywords of its `**CONFIG` written out, where that is a dictionary of the same file with plain keys."""
    keywords: list[tuple[str | None, Expr]] = []
    for name, value in call[3]:
        symbol = resolve(project, scope, found) if name is None and (found := dotted(value)) is not None else None
        bind = (
            binding(project, symbol)
            if symbol is not None and symbol.startswith(f"{scope.partition(':')[0]}:")
            else None
        )
        given = bind.value if bind is not None else value if name is None else None
        if ir.is_a(given, "dict") and given is not None and all(ir.text_of(k) is not None for k, _ in given[1]):
            keywords += [(ir.text_of(k), v) for k, v in given[1]]
        else:
            keywords.append((name, value))
    return (*call[:3], tuple(keywords), *call[4:])


def _routes(project: Project, entry: Entry, context: _Context) -> Iterator[Route]:
    if any(name is None for name, _ in entry.call[3]):
        entry = entry._replace(call=_spread_out(project, entry.scope, entry.call))
    path_expression = _path_expression(entry)
    own, exact = _prefix(project, entry.scope, path_expression)
    if path_expression is None and entry.method in ("add_api_route", "add_route"):
        exact = False
    extra = decorator_dependencies(project, entry.scope, entry.call)
    decorated = entry.handler_expression is None
    prefix = context.prefix
    if ir.last_name(entry.call[1]) in _PLAIN:
        prefix = prefix.removesuffix(context.own)
    starred = any(name is None for name, _ in entry.call[3])
    responses = both_responses(context.responses, declared_responses(project, entry.scope, entry.call))
    for method in http_methods(project, entry.scope, entry):
        yield Route(
            method,
            prefix + own,
            entry.target,
            context.app,
            0,
            context.exact and exact,
            own,
            entry.call,
            entry.scope,
            entry.at,
            decorated,
            context.dependencies + (extra or ()),
            context.unknown or extra is None or starred,
            _and(context.include_in_schema, _flag(entry.call, "include_in_schema")),
            context.deprecated or _flag(entry.call, "deprecated"),
            context.tags + _tags(project, entry.scope, entry.call),
            _symbol(project, entry.scope, ir.keyword(entry.call, "response_class")) or context.response_class,
            context.conditional,
            context.route_class,
            "",
            context.mounts,
            context.conditions,
            responses,
            context.documented,
            context.levels + ("decorator",) * len(extra or ()),
        )


def _path_expression(entry: Entry) -> Expr | None:
    """Where the path stands: first argument or path=; second when the first is `router.get` (a wrapping decorator)."""
    found = ir.keyword(entry.call, "path")
    if found is not None:
        return found
    args = entry.call[2]
    if args and (ir.is_a(args[0], "ref") and args[0][1].rpartition(".")[2] == entry.method):
        return args[1] if len(args) > 1 else None
    return args[0] if args else None


def _flag(call: Expr, name: str) -> bool | None:
    value = ir.keyword(call, name)
    return value[1] if ir.is_a(value, "const") and isinstance(value[1], bool) else None  # type: ignore[index]


def _and(outer: bool | None, inner: bool | None) -> bool | None:
    return False if outer is False or inner is False else inner if inner is not None else outer


def _tags(project: Project, scope: str, call: Expr) -> tuple[str, ...]:
    value = ir.keyword(call, "tags")
    if value is None or not (ir.is_a(value, "list") or ir.is_a(value, "tuple")):
        return ()
    return tuple(t for item in value[1] if (t := string_value(project, scope, item)) is not None)


@query
def routes_of(project: Project, handler: str) -> tuple[Route, ...]:
    """The routes that a handler serves."""
    return routes_by_handler(project).get(handler, ())


@query
def handler_routes(project: Project, handler: str) -> tuple[Route, ...]:
    """The routes that a handler serves; where its router cannot be followed, those that its decorators name by themselves."""
    found = routes_of(project, handler)
    if found:
        return found
    out: list[Route] = []
    for one in registrations(project, handler):
        entry = Entry("route", handler, one.method, one.call, one.scope, one.call[4], None, False)
        out.extend(_routes(project, entry, _start(project, "", "")))
    return tuple(out)


@query
def registered_in(project: Project, path: str) -> tuple[Route, ...]:
    """The routes whose registration (decorator or call) stands in a file, one a registration and method, in source order.

    Where a router is included several times the first of its routes stands for all of them.
    """
    found: dict[tuple[Place, str], Route] = {}
    for route in registrations_by_file(project).get(path, ()):
        found.setdefault((route.place, route.method), route)
    for key in handlers_in(project, path):
        if not routes_of(project, key):
            for route in handler_routes(project, key):
                found.setdefault((route.place, route.method), route)
    return tuple(found.values())


@query
def registrations_by_file(project: Project) -> _ByHandler:
    """file -> the routes that its code registers."""
    table: dict[str, list[Route]] = {}
    for route in route_table(project):
        table.setdefault(route.place.key.partition(":")[0], []).append(route)
    return _ByHandler({path: tuple(routes) for path, routes in table.items()})


@query
def routes_by_handler(project: Project) -> _ByHandler:
    """handler -> routes."""
    table: dict[str, list[Route]] = {}
    for route in route_table(project):
        if route.handler is not None:
            table.setdefault(route.handler, []).append(route)
    return _ByHandler({handler: tuple(routes) for handler, routes in table.items()})


class _ByHandler(dict[str, tuple[Route, ...]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


def all_dependencies(project: Project, route: Route) -> tuple[Dependency, ...]:
    """The dependencies of a route: those on the way, the handler's parameters, and the class attributes of a class-based view."""
    found = list(route.dependencies)
    if route.handler is not None:
        found.extend(d.dependency for d in declared_dependencies(project, route.handler))
        function = project.get(Function, route.handler)
        if function is not None and function.cls:
            for base in mro(project, f"{function.path}:{function.cls}"):
                if ":" in base:
                    found.extend(d.dependency for d in declared_dependencies(project, base))
    return tuple(dict.fromkeys(found))


__all__ = [
    "Route", "all_dependencies", "applications", "depends_call", "handler_routes", "is_handler", "registered_in", "route_table", "routes_of",
]  # fmt: skip
