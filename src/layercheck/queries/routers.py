"""Routers and applications as the code builds them: who registers what on whom, in which order.

DESIGN: a *router* is identified by the place that makes it: "path:router" at module level, "path:create_app.app" for a local of a
function, "path:register(app)" for a parameter, "path:Controller.router" for an attribute of a class. Every statement that puts
something on a router becomes an `Entry` of that router: a route, an include of another router, a mounted application, or a
delegation (the router is handed to a project function, whose parameter is a router of its own). Loops over literal lists are
unrolled. The route table (`queries.routes`) is then a walk over these entries from every application.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.knowledge.frameworks import APPLICATIONS, HTTP_METHODS, ROUTE_ADDERS, ROUTE_DECORATORS, ROUTERS
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.constants import string_value
from layercheck.queries.handlers import registrations
from layercheck.queries.symbols import class_attribute, class_behind, mro, resolve
from layercheck.queries.types import Typing


class Entry(NamedTuple):
    """Something that is put on a router.

    kind: "route" (target: the handler's key, or None), "include", "mount", "delegate" (target: a router). `call` is the
    decorator or call; `scope` the key whose names it uses; `at` its ordinal in the body of `scope` (or in the handler's head).
    """

    kind: str
    target: str | None
    method: str
    call: Expr
    scope: str
    at: int
    handler_expression: Expr | None
    conditional: bool
    arguments: tuple[tuple[str, str | None, str | None], ...] = ()
    """For a delegation: (parameter, router, text) of everything the call hands over, as far as it is known."""


class Made(NamedTuple):
    """How a router was made."""

    call: Expr
    scope: str
    cls: str
    """The class: "fastapi.APIRouter", "fastapi.FastAPI", or a project subclass."""
    is_app: bool


@query
def router_made(project: Project, router: str) -> Made | None:
    """The constructor call of a router, or None when it is a parameter or unknown."""
    for path in [router.partition(":")[0]]:
        for found, made in routers_made_in(project, path):
            if found == router:
                return made
    return None


@query
def routers_made_in(project: Project, path: str) -> tuple[tuple[str, Made], ...]:
    """(router, how it was made) for every router and application that the code of a file makes and binds to a name."""
    found = []
    for body in project.of_file(Body, path):
        if project.get(Class, body.key) is not None:
            owner = body.key
        else:
            function = project.get(Function, body.key)
            owner = f"{path}:{function.cls}" if function is not None and function.cls else ""
        for raw in body.raw_binds:
            name, kind, value = raw[0], raw[1], raw[2]
            if kind != "=" or not ir.is_a(value, "call"):
                continue
            made = _constructor(project, body.key, value)
            if made is None:
                continue
            if name.startswith("self.") and owner:
                found.append((f"{owner}.{name[5:]}", made))
            elif "." not in name:
                found.append((f"{body.key}.{name}" if not body.key.endswith(":") else f"{body.key}{name}", made))
    return tuple(found)


def _constructor(project: Project, key: str, call: Expr) -> Made | None:
    func = dotted(call[1])
    if func is None:
        return None
    symbol = resolve(project, key, func)
    if symbol is None:
        return None
    if ":" in symbol and not symbol.endswith(":"):
        symbol = class_behind(project, symbol) or symbol
    bases = mro(project, symbol) if ":" in symbol and project.get(Class, symbol) is not None else (symbol,)
    for base in bases:
        if base in ROUTERS or (":" not in base and base.rpartition(".")[2] in ("APIRouter", "InferringRouter")):
            return Made(call, key, symbol, any(b in APPLICATIONS for b in bases))
    return None


# --------------------------------------------------------------------------------------------- which router is meant


def router_of(project: Project, key: str, e: Expr | None) -> str | None:
    """The router that an expression means in the function or module `key`."""
    if e is None:
        return None
    name = dotted(e)
    if name is not None:
        return named_router(project, key, name)
    if ir.is_a(e, "call"):
        func = dotted(e[1])
        symbol = resolve(project, key, func) if func else None
        if symbol is not None and project.get(Function, symbol) is not None:
            return returned_router(project, symbol)
        return None
    if ir.is_a(e, "attr"):
        kind = Typing(project, key).type(e[1])
        if kind is not None and kind[0] in ("inst", "type") and ":" in kind[1]:
            return _attribute_router(project, kind[1], e[2])
        if kind is not None and kind[0] == "module":
            return named_router(project, kind[1], e[2])
    return None


@query
def named_router(project: Project, key: str, name: str) -> str | None:
    """The router behind a name or attribute chain."""
    path, _, qualname = key.partition(":")
    first, _, rest = name.partition(".")
    scope = qualname
    while scope:
        here = f"{path}:{scope}"
        if not rest and any(found == f"{here}.{name}" for found, _ in routers_made_in(project, path)):
            return f"{here}.{name}"
        function = project.get(Function, here)
        body = project.get(Body, here)
        if function is not None:
            if body is not None and not rest:
                for raw in body.raw_binds:
                    if raw[0] == name and raw[1] == "=" and raw[2] is not None and raw[2] != name:
                        return router_of(project, here, raw[2])
            if any(p[0] == first for p in function.raw_params):
                if first == function.raw_params[0][0] and function.cls and rest:
                    return _attribute_router(project, f"{path}:{function.cls}", rest)
                return f"{here}({first})" if not rest else None
        scope = scope.rpartition(".")[0]
    symbol = resolve(project, key, name)
    if symbol is None and rest:
        owner = resolve(project, key, name.rpartition(".")[0])
        kind = Typing(project, key).name(name.rpartition(".")[0], 1 << 30) if owner is None or ":" in owner else None
        if kind is not None and kind[0] in ("inst", "type") and ":" in kind[1]:
            return _attribute_router(project, kind[1], name.rpartition(".")[2])
        return None
    return _symbol_router(project, symbol)


@query
def _symbol_router(project: Project, symbol: str | None) -> str | None:
    if symbol is None or ":" not in symbol or symbol.endswith(":"):
        return None
    path, _, qualname = symbol.partition(":")
    if any(found == symbol for found, _ in routers_made_in(project, path)):
        return symbol
    owner, _, attribute = symbol.rpartition(".")
    if ":" in owner and project.get(Class, owner) is not None:
        return _attribute_router(project, owner, attribute)
    body = project.get(Body, f"{path}:")
    for raw in reversed(body.raw_binds if body is not None else ()):
        if raw[0] == qualname and raw[1] == "=" and raw[2] is not None and raw[2] != qualname:
            return router_of(project, f"{path}:", raw[2])
    return None


@query
def _attribute_router(project: Project, cls: str, attribute: str) -> str | None:
    for base in mro(project, cls):
        if ":" not in base:
            if attribute == "router" and base in APPLICATIONS:
                return None
            continue
        path = base.partition(":")[0]
        wanted = f"{base}.{attribute}"
        if any(found == wanted for found, _ in routers_made_in(project, path)):
            return wanted
        row = project.get(Class, base)
        if row is not None:
            for method, qualname in row.methods:
                if method == attribute:  # a property that returns the router
                    return returned_router(project, f"{row.path}:{qualname}")
            for stored in row.attributes:
                if stored.name == attribute and stored.value is not None:
                    return router_of(project, f"{row.path}:{stored.method}", stored.value)
    return None


@query
def returned_router(project: Project, function: str) -> str | None:
    """The router that a function returns."""
    body = project.get(Body, function)
    if body is None:
        return None
    for statement in ir.statements(body.statements):
        if statement[0] == "return" and statement[1] is not None:
            found = router_of(project, function, statement[1])
            if found is not None:
                return found
    return None


# ---------------------------------------------------------------------------------------------------------- entries


@query
def entries_in(project: Project, path: str) -> tuple[tuple[str, Entry], ...]:
    """(router, entry) for everything that the code of a file puts on routers, in the order in which it runs."""
    out: list[tuple[str, Entry]] = []
    body = project.get(Body, f"{path}:")
    if body is not None:
        out.extend(_entries(project, body, body.statements, {}, False))
    for function in project.of_file(Function, path):
        inner = project.get(Body, function.key)
        if inner is not None:
            out.extend(_entries(project, inner, inner.statements, {}, False))
    return tuple(out)


def _entries(
    project: Project, body: Body, statements: tuple[Stmt, ...], bound: dict[str, Expr], conditional: bool
) -> Iterator[tuple[str, Entry]]:
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
            for e in ir.own_expressions(statement):
                yield from _expression_entries(project, body, e, bound, conditional)
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
    project: Project, body: Body, statement: Stmt, bound: dict[str, Expr], conditional: bool
) -> Iterator[tuple[str, Entry]]:
    _, target, iterable, inner, orelse, _, _ = statement
    items = _literal_items(project, body.key, iterable)
    if items is None or (target.__class__ is not str and not ir.is_a(target, "tuple")):
        yield from _entries(project, body, inner, bound, conditional)
    else:
        for item in items:
            now = dict(bound)
            names = [target] if target.__class__ is str else list(target[1])
            values = [item] if target.__class__ is str else list(item[1]) if ir.is_a(item, "tuple") else []
            for name, value in zip(names, values, strict=False):
                if name.__class__ is str:
                    now[name] = value
            yield from _entries(project, body, inner, now, conditional)
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


def _expression_entries(
    project: Project, body: Body, e: Expr, bound: dict[str, Expr], conditional: bool
) -> Iterator[tuple[str, Entry]]:
    if bound:
        e = ir.substitute(e, bound)
    for call in reversed(list(ir.calls(e))):
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
    if not any(v.__class__ is str or ir.is_a(v, "ref") for v in values):
        return
    site = next((s for s in sites(project, body.key) if s.at == call[4]), None)
    if site is None or site.target is None or ":" not in site.target:
        return
    function = project.get(Function, site.target)
    if function is None:
        init = (
            class_attribute(project, site.target, "__init__") if project.get(Class, site.target) is not None else None
        )
        function = project.get(Function, init) if init is not None else None
    if function is None:
        return
    wanted = router_parameters(project, function.key)
    if not wanted:
        return
    given = _arguments(project, function, site._replace(call=call))
    known = tuple((p, router_of(project, body.key, v), string_value(project, body.key, v)) for p, v in given)
    for (parameter, router, _), (_, value) in zip(known, given, strict=True):
        if parameter in wanted and router is not None:
            yield (
                router,
                Entry(
                    "delegate", f"{function.key}({parameter})", "", call, body.key, call[4], value, conditional, known
                ),
            )


_REGISTERING = ROUTE_ADDERS | ROUTE_DECORATORS | {"include_router", "mount"}


@query(bottom=frozenset())
def router_parameters(project: Project, key: str) -> frozenset[str]:
    """The parameters of a function on which it registers something, or that it includes, directly or by handing them on."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return frozenset()
    names = {p[0] for p in function.raw_params}
    found = set()
    # `router.get("/x")(handler)` registers; `session.get(key)` and `client.get("/x")` do not
    called = {call[1][4] for call, *_ in body.raw_calls if ir.is_a(call[1], "call")}
    for call, *_ in body.raw_calls:
        func = call[1]
        if func.__class__ is str and func.partition(".")[0] in names:
            method = func.rpartition(".")[2]
            if method in _REGISTERING and (method not in ROUTE_DECORATORS or call[4] in called):
                found.add(func.partition(".")[0])
        if ir.last_name(func) in ("include_router", "mount"):
            found.update(a for a in (*call[2], *(v for _, v in call[3])) if a.__class__ is str and a in names)
    for nested in function.nested:
        inner = project.get(Function, f"{function.path}:{nested}")
        for decorator in inner.decorators if inner is not None else ():
            text = dotted(decorator[1]) if ir.is_a(decorator, "call") else None
            if text is not None and text.partition(".")[0] in names and text.rpartition(".")[2] in _REGISTERING:
                found.add(text.partition(".")[0])
    if names - found:
        for site in sites(project, key):
            if site.target is None or project.get(Function, site.target) is None:
                continue
            values = [*site.call[2], *(value for _, value in site.call[3])]
            if any(v.__class__ is str and v in names for v in values):
                further = router_parameters(project, site.target)
                if further:
                    target = project.get(Function, site.target)
                    assert target is not None
                    found.update(
                        v
                        for p, v in _arguments(project, target, site)
                        if p in further and v.__class__ is str and v in names
                    )
    return frozenset(found)


def _arguments(project: Project, function: Function, site: Site) -> list[tuple[str, Expr]]:
    from layercheck.queries.callgraph import bound_arguments

    return [(name, value) for name, value in bound_arguments(project, function.key, site).items() if value is not None]


def _constructed(project: Project, body: Body, call: Expr, conditional: bool) -> Iterator[tuple[str, Entry]]:
    """`FastAPI(routes=[...])`, `Starlette(routes=[Route("/x", handler), Mount("/sub", app)])`."""
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


def _owner_of_constructor(project: Project, body: Body, call: Expr) -> str | None:
    for router, made in routers_made_in(project, body.path):
        if made.scope == body.key and made.call == call:
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
    for router, entry in later:
        table.setdefault(router, []).append(entry)
    return _Table({router: tuple(entries) for router, entries in table.items()})


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
    for name, spread in entry.call[3] if methods is None else ():
        given = _spread(project, key, spread) if name is None else None
        if given is not None and all(isinstance(m, str) for m in given):
            return tuple(m.upper() for m in given)
    return ("GET",)


def _spread(project: Project, key: str, spread: Expr) -> tuple[Any, ...] | None:
    """The methods in `**config`, where config is a dictionary that can be followed."""
    from layercheck.queries.evaluate import Evaluator, Mapping, Scope

    value = Evaluator(project).value(Scope(key), spread)
    found = value.get("methods", None) if isinstance(value, Mapping) else None
    return found if isinstance(found, tuple) else None
