"""What is put on which router, in order: the entries that the route table is a walk over. `routers` says which router is meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Said, path_of
from layercheck.ir import Expr, Stmt, dotted
from layercheck.knowledge.frameworks import HTTP_METHODS, ROUTE_ADDERS, ROUTE_DECORATORS
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.constants import string_value
from layercheck.queries.discovery import discovered_routers
from layercheck.queries.evaluate import Evaluator, Mapping, Scope
from layercheck.queries.handlers import registrations
from layercheck.queries.imports import running_order
from layercheck.queries.router_handing import arguments_of, handing_in, may_hand, receiver, router_parameters
from layercheck.queries.routers import Entry, named_router, router_of, routers_made_in
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing


@query
def entries_in(project: Project, path: str) -> tuple[tuple[str, Entry], ...]:
    """(router, entry) for everything that the code of a file puts on routers, in the order in which it runs."""
    bodies = [project.get(Body, f"{path}:")]
    saids = {said.key: said for said in project.said_in(path)}
    for function in project.of_file(Function, path):
        inner = saids.get(function.key)
        if inner is not None and (
            function.nested or _holds_class(inner) or "lifespan" in inner.words or _may_register(project, inner)
        ):
            bodies.append(project.get(Body, function.key))
    out: list[tuple[str, Entry]] = []
    for body in bodies:
        if body is not None:
            # the variables of loops may stand for anything
            loops = "for" in body.words and any(raw[0] == "for" for raw in body.raw_contexts)
            registers = loops or "lifespan" in body.words or _may_register(project, body)
            out.extend(_entries(project, body, body.statements, {} if registers else None, False))
    return tuple(out)


def _holds_class(body: Said) -> bool:
    return "class" in body.words


def _may_register(project: Project, body: Body | Said) -> bool:
    """Whether the calls of a body can put anything on a router: what it says, or what it calls, must know of routers."""
    if not _SAID.isdisjoint(body.words):
        return True
    if "()()" in body.words:  # router.get("/x")(handler)
        return True
    handing = handing_in(project, path_of(body.key))
    if "" not in handing and handing.isdisjoint(body.words):
        return False
    if "" not in handing and handing.isdisjoint(body.called):
        return False
    return any(
        s.target is not None and ":" in s.target and may_hand(handing, s.call) and takes_router(project, s.target)
        for s in sites(project, body.key)
    )


@query
def takes_router(project: Project, target: str) -> bool:
    """Whether what is called registers something on one of its parameters: a function, or the __init__ of a class."""
    function = receiver(project, target)
    return function is not None and bool(router_parameters(project, function.key))


def _entries(
    project: Project, body: Body, statements: tuple[Stmt, ...], bound: dict[str, Expr] | None, conditional: bool
) -> Iterator[tuple[str, Entry]]:
    """Those of some statements; `bound` is what the variables of the loops around stand for, None where no call registers anything."""
    for statement in statements:
        tag = statement[0]
        if tag == "def":
            yield from _decorated(project, f"{body.path}:{statement[1]}", conditional)
        elif tag == "class":
            yield from _class_entries(project, f"{body.path}:{statement[1]}", conditional)
        elif tag == "for":
            yield from _loop(project, body, statement, bound, conditional)
        elif tag == "if":
            for _, inner in statement[1]:
                yield from _entries(project, body, inner, bound, True)
            yield from _entries(project, body, statement[2], bound, True)
        else:
            for e in ir.own_expressions(statement) if bound is not None else ():
                yield from _expression_entries(project, body, e, bound or {}, conditional)
            for inner in ir.blocks(statement):
                yield from _entries(project, body, inner, bound, conditional or tag == "try")


def _decorated(project: Project, key: str, conditional: bool) -> Iterator[tuple[str, Entry]]:
    for registration in reversed(registrations(project, key)):
        router = named_router(project, registration.scope, registration.router)
        if router is not None:
            at = registration.call[4]
            yield (
                router,
                Entry("route", key, registration.method, registration.call, registration.scope, at, None, conditional),
            )


def _class_entries(project: Project, key: str, conditional: bool) -> Iterator[tuple[str, Entry]]:
    row = project.get(Class, key)
    for _, qualname in row.methods if row is not None else ():
        yield from _decorated(project, f"{key.partition(':')[0]}:{qualname}", conditional)


def _loop(
    project: Project, body: Body, statement: Stmt, bound: dict[str, Expr] | None, conditional: bool
) -> Iterator[tuple[str, Entry]]:
    _, target, iterable, inner, orelse, _, _ = statement
    items = _literal_items(project, body.key, iterable)
    if items is None:
        items = _named_items(project, body, iterable) if bound is not None else None
    if items is None or (target.__class__ is not str and not ir.is_a(target, "tuple")):
        yield from _entries(project, body, inner, bound, conditional)
    else:
        for item in items:
            now = dict(bound or {})
            names = [target] if target.__class__ is str else list(target[1])
            values = [item] if target.__class__ is str else list(item[1]) if ir.is_a(item, "tuple") else []
            for name, value in zip(names, values, strict=False):
                if name.__class__ is str:
                    now[name] = value
            yield from _entries(project, body, inner, now if bound is not None else None, conditional)
    yield from _entries(project, body, orelse, bound, conditional)


def _literal_items(project: Project, key: str, e: Expr) -> tuple[Expr, ...] | None:
    """The items of a literal, or of a list that the same body starts as a literal and only appends to."""
    if ir.is_a(e, "list") or ir.is_a(e, "tuple") or ir.is_a(e, "set"):
        return e[1]  # type: ignore[no-any-return]
    name = dotted(e)
    if name is None or "." in name:
        return None
    for place_key in dict.fromkeys((key, f"{key.partition(':')[0]}:")):
        place = project.get(Body, place_key)
        items: list[Expr] | None = None
        for raw in place.raw_binds if place is not None else ():
            if raw[0] == name and raw[1] == "=" and (ir.is_a(raw[2], "list") or ir.is_a(raw[2], "tuple")):
                items = list(raw[2][1])
        if items is None or place is None:
            continue
        for call, *_ in place.raw_calls:
            if call[1] == f"{name}.append" and call[2]:
                items.append(call[2][0])
            elif (
                call[1] == f"{name}.extend"
                and call[2]
                and (ir.is_a(call[2][0], "list") or ir.is_a(call[2][0], "tuple"))
            ):
                items.extend(call[2][0][1])
        return tuple(items)
    return None


def _named_items(project: Project, body: Body, e: Expr) -> tuple[Expr, ...] | None:
    """The items of a collection that stands elsewhere, as they are understood there: `from api.routers import all_routers`,
    `service.routers.items()`, a parameter with such a default."""
    view = ""
    if ir.is_a(e, "call") and not e[2] and ir.last_name(e[1]) in ("items", "values"):
        view = ir.last_name(e[1])
        e = e[1].rpartition(".")[0] if e[1].__class__ is str else e[1][1]
    name = dotted(e)
    function = project.get(Function, body.key)
    default = next((p[3] for p in function.raw_params if p[0] == name), None) if function is not None else None
    key, name = (f"{body.path}:", dotted(default)) if default is not None else (body.key, name)
    symbol = resolve(project, key, name) if name is not None else None
    path, _, qualname = (symbol or "").partition(":")
    if not qualname or "." in qualname:
        return None
    items = _pairs(project, f"{path}:", qualname, view) if view else _literal_items(project, f"{path}:", qualname)
    return tuple(_elsewhere(project, f"{path}:", item) for item in items) if items is not None else None


def _pairs(project: Project, key: str, name: str, view: str) -> tuple[Expr, ...] | None:
    """What `items()` or `values()` of a dictionary gives that a module binds once, as a literal."""
    place = project.get(Body, key)
    found = [raw for raw in (place.raw_binds if place is not None else ()) if raw[0] == name]
    if len(found) != 1 or not ir.is_a(found[0][2], "dict"):
        return None
    pairs = [(k, v) for k, v in found[0][2][1] if k is not None]
    return tuple(("tuple", pair) if view == "items" else pair[1] for pair in pairs)


def _elsewhere(project: Project, key: str, e: Expr) -> Expr:
    """What an expression of another module means, said so that it can stand here: a router as ("router", its symbol)."""
    if ir.is_a(e, "tuple"):
        return ("tuple", tuple(_elsewhere(project, key, part) for part in e[1]))
    router = router_of(project, key, e)
    if router is not None:
        return ("router", router)
    text = string_value(project, key, e)
    return ("const", text) if text is not None else ("?",)


def _expression_entries(
    project: Project, body: Body, e: Expr, bound: dict[str, Expr], conditional: bool
) -> Iterator[tuple[str, Entry]]:
    if bound:
        e = ir.substitute(e, bound)
    for call in list(ir.calls(e))[::-1]:
        func = call[1]
        if func.__class__ is str and "." in func:
            owner_expression: Expr = func.rpartition(".")[0]
            name = func.rpartition(".")[2]
        elif ir.is_a(func, "attr"):
            owner_expression, name = func[1], func[2]
        elif ir.is_a(func, "call"):  # router.get("/x")(handler)
            yield from _applied(project, body, call, bound, conditional)
            continue
        else:
            yield from _delegations(project, body, call, bound, conditional)
            yield from _constructed(project, body, call, conditional)
            continue
        if name == "include_router":
            owner = router_of(project, body.key, owner_expression)
            if owner is not None:
                given = ir.argument(call, 0, "router")
                target = router_of(project, body.key, given)
                found = discovered_routers(project, body.key) if target is None else ()
                for one in found:  # which of them come first is not known: each stands under a condition of its own
                    yield owner, Entry("include", one, "", call, body.key, call[4], given, True)
                if not found:
                    yield owner, Entry("include", target, "", call, body.key, call[4], given, conditional)
        elif name == "mount":
            owner = router_of(project, body.key, owner_expression)
            if owner is not None:
                given = ir.argument(call, 1, "app")
                yield (
                    owner,
                    Entry(
                        "mount", router_of(project, body.key, given), "", call, body.key, call[4], given, conditional
                    ),
                )
        elif name in ROUTE_ADDERS:
            owner = router_of(project, body.key, owner_expression)
            if owner is not None:
                given = ir.argument(call, 1, "endpoint") or ir.argument(call, 1, "route")
                method = "websocket" if "websocket" in name else name
                handler = _handler_symbol(project, body.key, given)
                yield owner, Entry("route", handler, method, call, body.key, call[4], given, conditional)
        else:
            yield from _delegations(project, body, call, bound, conditional)


def _applied(
    project: Project, body: Body, call: Expr, bound: dict[str, Expr], conditional: bool
) -> Iterator[tuple[str, Entry]]:
    """`router.get("/x", ...)(handler)`"""
    inner = call[1]
    name = dotted(inner[1])
    if name is None or "." not in name or name.rpartition(".")[2] not in ROUTE_DECORATORS or not call[2]:
        return
    owner = router_of(project, body.key, name.rpartition(".")[0])
    if owner is not None:
        handler = _handler_symbol(project, body.key, call[2][0])
        yield (
            owner,
            Entry("route", handler, name.rpartition(".")[2], inner, body.key, inner[4], call[2][0], conditional),
        )


def _handler_symbol(project: Project, key: str, e: Expr | None) -> str | None:
    if e is None:
        return None
    name = dotted(e)
    if name is None:
        return None
    symbol = resolve(project, key, name)
    if symbol is not None and project.get(Function, symbol) is not None:
        return symbol
    kind = Typing(project, key).name(name, 1 << 30)
    return (
        kind[1] if kind is not None and kind[0] in ("func", "method") else symbol if symbol and ":" in symbol else None
    )


def _delegations(
    project: Project, body: Body, call: Expr, bound: dict[str, Expr], conditional: bool
) -> Iterator[tuple[str, Entry]]:
    """A router handed to a project function: what the function puts on its parameter, it puts on this router."""
    values = [*call[2], *(value for _, value in call[3])]
    if not any(v.__class__ is str or ir.is_a(v, "ref") for v in values) or not may_hand(
        handing_in(project, body.path), call
    ):
        return
    site = _sites_at(sites(project, body.key)).get(call[4])
    function = receiver(project, site.target) if site is not None else None
    wanted = router_parameters(project, function.key) if function is not None else frozenset()
    if site is None or function is None or not wanted:
        return
    given = arguments_of(project, function, site._replace(call=call))
    known = tuple((p, router_of(project, body.key, v), string_value(project, body.key, v)) for p, v in given)
    for (parameter, router, _), (_, value) in zip(known, given, strict=True):
        if parameter in wanted and router is not None:
            yield (
                router,
                Entry(
                    "delegate", f"{function.key}({parameter})", "", call, body.key, call[4], value, conditional, known
                ),
            )


_SAID = ROUTE_ADDERS | {"include_router", "mount", "routes"}
_sites_at = ir.Recent(lambda found: {site.at: site for site in found}, 64)


def _constructed(project: Project, body: Body, call: Expr, conditional: bool) -> Iterator[tuple[str, Entry]]:
    """`FastAPI(routes=[...])`, `Starlette(routes=[Route("/x", handler), Mount("/sub", app)])`; what `lifespan=` gets the application."""
    yield from _lifespan(project, body, call)
    routes = ir.keyword(call, "routes")
    if routes is None or not ir.is_a(routes, "list"):
        return
    owner = _owner_of_constructor(project, body, call)
    if owner is None:
        return
    for element in routes[1]:
        if not ir.is_a(element, "call"):
            continue
        kind = ir.last_name(element[1])
        if kind in ("Route", "APIRoute", "WebSocketRoute", "APIWebSocketRoute"):
            given = ir.argument(element, 1, "endpoint")
            method = "websocket" if "WebSocket" in kind else "add_route"
            yield (
                owner,
                Entry(
                    "route",
                    _handler_symbol(project, body.key, given),
                    method,
                    element,
                    body.key,
                    element[4],
                    given,
                    conditional,
                ),
            )
        elif kind == "Mount":
            given = ir.argument(element, 1, "app")
            yield (
                owner,
                Entry(
                    "mount", router_of(project, body.key, given), "", element, body.key, element[4], given, conditional
                ),
            )


def _lifespan(project: Project, body: Body, call: Expr) -> Iterator[tuple[str, Entry]]:
    """What the function of `FastAPI(lifespan=...)` puts on the application that it is given: when it starts, after all else."""
    name = dotted(ir.keyword(call, "lifespan"))
    symbol = resolve(project, body.key, name) if name is not None else None
    function = project.get(Function, symbol) if symbol is not None else None
    owner = _owner_of_constructor(project, body, call) if function is not None and function.raw_params else None
    if owner is not None and function is not None and router_parameters(project, function.key):
        target = f"{function.key}({function.raw_params[0][0]})"
        yield owner, Entry("delegate", target, "", call, body.key, call[4], None, True)


def _owner_of_constructor(project: Project, body: Body, call: Expr) -> str | None:
    for router, made in routers_made_in(project, body.path):
        if made.bind == (body.key, call):
            return router
    return None


@query
def entries_by_router(project: Project) -> _Table:
    """router -> entries, over the whole project."""
    table: dict[str, list[Entry]] = {}
    later: list[tuple[str, Entry]] = []
    for path in project.files():
        if not path.endswith(".py"):
            continue
        for router, entry in entries_in(project, path):
            if router.partition(":")[0] == path:
                table.setdefault(router, []).append(entry)
            else:
                later.append((router, entry))
    if len({entry.scope.partition(":")[0] for _, entry in later}) > 1:
        rank = {path: number for number, path in enumerate(_order_of_files(project))}
        later.sort(key=lambda found: rank.get(found[1].scope.partition(":")[0], len(rank)))
    for router, entry in later:
        table.setdefault(router, []).append(entry)
    return _Table({router: tuple(entries) for router, entries in table.items()})


@query
def _order_of_files(project: Project) -> tuple[str, ...]:
    """The files that the modules of the applications run, in that order: it decides who puts what on a shared router first."""
    starts = [
        path
        for path in project.files()
        if path.endswith(".py") and any(m.is_app for _, m in routers_made_in(project, path))
    ]
    return running_order(project, tuple(starts))


class _Table(dict[str, tuple[Entry, ...]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


def http_methods(project: Project, key: str, entry: Entry) -> tuple[str, ...]:
    """The methods of a route entry, upper case, in order."""
    if entry.method in HTTP_METHODS:
        return (entry.method.upper(),)
    if "websocket" in entry.method:
        return ("WEBSOCKET",)
    methods = ir.keyword(entry.call, "methods")
    if methods is not None and (ir.is_a(methods, "list") or ir.is_a(methods, "tuple") or ir.is_a(methods, "set")):
        found = [string_value(project, key, m) for m in methods[1]]
        return tuple(m.upper() for m in found if m is not None)
    if methods is not None:  # methods=PROXIED
        named = Evaluator(project).value(Scope(key), methods)
        if isinstance(named, tuple) and named and all(isinstance(m, str) for m in named):
            return tuple(m.upper() for m in named)
    for name, spread in entry.call[3] if methods is None else ():
        given = _spread(project, key, spread) if name is None else None
        if given is not None and all(isinstance(m, str) for m in given):
            return tuple(m.upper() for m in given)
    return ("GET",)


def _spread(project: Project, key: str, spread: Expr) -> tuple[Any, ...] | None:
    """The methods in `**config`, where config is a dictionary that can be followed."""
    value = Evaluator(project).value(Scope(key), spread)
    found = value.get("methods", None) if isinstance(value, Mapping) else None
    return found if isinstance(found, tuple) else None
