"""Routers and applications as the code builds them: who registers what on whom, in which order. `router_entries` finds the entries.

DESIGN: a *router* is identified by the place that makes it: "path:router" at module level, "path:create_app.app" for a local of a
function, "path:register(app)" for a parameter, "path:Controller.router" for an attribute of a class. Every statement that puts
something on a router becomes an `Entry` of that router: a route, an include of another router, a mounted application, or a
delegation (the router is handed to a project function, whose parameter is a router of its own). Loops over literal lists are
unrolled. The route table (`queries.routes`) is then a walk over these entries from every application.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import APPLICATIONS, ROUTERS, is_library_router
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.symbols import class_behind, mro, resolve
from layercheck.queries.types import Typing
from layercheck.tuples import NamedTuple


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
    bind: tuple[str, Expr]
    """(key of the body, call) that gives the router its name: the constructor's call, or that of a factory which makes a new one."""


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
    found: dict[str, Made] = {}
    for key in project.keys_said(path, lambda said: "()" in said.words):
        for name, made in _made_in(project, key):
            found.setdefault(name, made)
    return tuple(found.items())


@query
def _made_in(project: Project, key: str) -> tuple[tuple[str, Made], ...]:
    """The same for one body, so that an edit of another one asks nothing here."""
    body = project.get(Body, key)
    found: list[tuple[str, Made]] = []
    calls: set[Expr] = set()
    for raw in body.raw_binds if body is not None and "()" in body.words else ():
        name, kind, value = raw[0], raw[1], raw[2]
        if kind != "=" or value.__class__ is not tuple or value[0] != "call" or (calls and value in calls):
            continue  # the second name in `public = r = APIRouter()` is an alias of the first: `_made_here`
        made = _made_by(project, key, value)
        if made is None:
            continue
        calls.add(value)
        owner = _class_of(project, key) if name.startswith("self.") else ""
        if owner:
            found.append((f"{owner}.{name[5:]}", made))
        elif "." not in name:
            found.append((f"{key}.{name}" if not key.endswith(":") else f"{key}{name}", made))
    return tuple(found)


def _class_of(project: Project, key: str) -> str:
    """The class that a body belongs to, its own or that of the method; '' outside classes."""
    if project.get(Class, key) is not None:
        return key
    function = project.get(Function, key)
    return f"{function.path}:{function.cls}" if function is not None and function.cls else ""


def _made_by(project: Project, key: str, call: Expr) -> Made | None:
    """The router that a call makes, of a router's class or of a factory of the project."""
    func = dotted(call[1])
    symbol = resolve(project, key, func) if func is not None else None
    return (
        None if symbol is None else _constructed(project, key, call, symbol) or _by_factory(project, key, call, symbol)
    )


def _constructed(project: Project, key: str, call: Expr, symbol: str) -> Made | None:
    if ":" in symbol and not symbol.endswith(":"):
        symbol = class_behind(project, symbol) or symbol
    bases = mro(project, symbol) if ":" in symbol and project.get(Class, symbol) is not None else (symbol,)
    for base in bases:
        if base in ROUTERS or (":" not in base and is_library_router(base)):
            return Made(call, key, symbol, any(b in APPLICATIONS for b in bases), (key, call))
    return None


def is_known_router(cls: str) -> bool:
    """Whether a class is a router that does nothing about credentials, or one of the project, whose code can be read."""
    return ":" in cls or cls in ROUTERS or cls.endswith((".InferringRouter", "fastapi.routing.APIRouter"))


# ----------------------------------------------------------------------------------------------------------- factories


@query(bottom=None)
def _fresh(project: Project, factory: str) -> Made | None:
    """The router that a function makes anew for each caller and returns untouched: `def make(prefix): return APIRouter(prefix=prefix)`.

    One that puts something on the router first is no such factory: what it registers belongs to its own local.
    """
    function, body = project.get(Function, factory), project.get(Body, factory)
    if function is None or body is None or function.nested:
        return None
    returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return" and s[1] is not None]
    value = returned[0] if len(returned) == 1 else None
    if value.__class__ is str:
        bound = [raw for raw in body.raw_binds if raw[0] == value]
        if len(bound) != 1 or bound[0][1] != "=" or any(_touches(call, value) for call, *_ in body.raw_calls):
            return None
        value = bound[0][2]
    if value is None or not ir.is_a(value, "call"):
        return None
    return _made_by(project, factory, value)


def _touches(call: Expr, name: str) -> bool:
    """Whether a call is one of the object's methods, or hands it on."""
    func = dotted(call[1]) or ""
    return func.startswith(f"{name}.") or name in call[2] or any(value == name for _, value in call[3])


def _by_factory(project: Project, key: str, call: Expr, factory: str) -> Made | None:
    """The router that a call of a factory of the project makes, with the arguments that it was given."""
    made = _fresh(project, factory) if ":" in factory else None
    function = project.get(Function, factory) if made is not None else None
    if made is None or function is None:
        return None
    given, rest = _given(function, call)
    spread = next((p.name for p in function.params if p.kind == "kwvar"), None)
    defaults = {p.name: p.default for p in function.params if p.default is not None and p.name not in given}
    keywords: list[tuple[str | None, Expr, bool]] = []
    for name, value in made.call[3]:
        if name is None and value == spread:
            keywords += [(n, v, True) for n, v in rest]
        elif value.__class__ is str and value in given:
            keywords.append((name, given[value], True))
        else:
            keywords.append((name, ir.substitute(value, {**defaults, **_texts(project, key, given)}), False))
    if all(from_caller or _is_constant(value) for _, value, from_caller in keywords):
        scope, pairs = key, [(n, v) for n, v, _ in keywords]
    else:  # names of two places: those of the factory are kept, the caller's only where their text is known
        scope = made.scope
        pairs = [(n, _text(project, key, v) if from_caller else v) for n, v, from_caller in keywords]
    built = (made.call[0], made.call[1], made.call[2], tuple(pairs), call[4])
    return Made(built, scope, made.cls, made.is_app, (key, call))


def _given(function: Function, call: Expr) -> tuple[dict[str, Expr], list[tuple[str | None, Expr]]]:
    """(parameter -> argument, the keywords that are no parameter) of a call."""
    names = [p.name for p in function.params if p.kind in ("pos", "arg")]
    named = {p.name for p in function.params if p.kind not in ("var", "kwvar")}
    given: dict[str, Expr] = {}
    for name, value in zip(names, call[2], strict=False):
        if ir.is_a(value, "star"):
            break
        given[name] = value
    given.update({name: value for name, value in call[3] if name is not None and name in named})
    return given, [(name, value) for name, value in call[3] if name not in named]


def _texts(project: Project, key: str, given: dict[str, Expr]) -> dict[str, Expr]:
    """The arguments whose text is known: they may stand inside an f-string of the factory."""
    found = {name: string_value(project, key, value) for name, value in given.items()}
    return {name: ("const", text) for name, text in found.items() if text is not None}


def _text(project: Project, key: str, value: Expr) -> Expr:
    text = string_value(project, key, value)
    return ("const", text) if text is not None else value if _is_constant(value) else _UNKNOWN


_UNKNOWN: Expr = ("call", "?", (), (), 0)
"""A value that nobody can tell."""


def _is_constant(value: Expr) -> bool:
    """Whether a value needs no name: literals, lists and f-strings of such."""
    return not any(node.__class__ is str or ir.is_a(node, "ref") for node in ir.walk(value))


# --------------------------------------------------------------------------------------------- which router is meant


def router_of(project: Project, key: str, e: Expr | None) -> str | None:
    """The router that an expression means in the function or module `key`."""
    if e is None:
        return None
    name = dotted(e)
    if name is not None:
        return named_router(project, key, name)
    if ir.is_a(e, "router"):  # one that router_entries has found in another module
        return str(e[1])
    if ir.is_a(e, "call"):
        func = dotted(e[1])
        symbol = resolve(project, key, func) if func else None
        if symbol is None:
            return None
        return _made_here(project, key, e) or (
            returned_router(project, symbol) if project.get(Function, symbol) is not None else None
        )
    if ir.is_a(e, "attr"):
        kind = Typing(project, key).type(e[1])
        if kind is not None and kind[0] in ("inst", "type") and ":" in kind[1]:
            return _attribute_router(project, kind[1], e[2])
        if kind is not None and kind[0] == "module":
            return named_router(project, kind[1], e[2])
    return None


def _made_here(project: Project, key: str, call: Expr) -> str | None:
    """The first name of the router that this very call makes: `public = r = APIRouter()` has two."""
    for router, made in routers_made_in(project, key.partition(":")[0]):
        if made.bind == (key, call):
            return router
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
    for raw in body.raw_binds[::-1] if body is not None else ():
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
