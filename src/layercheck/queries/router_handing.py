"""Routers that are handed to project functions: which parameters of a function are routers that it puts something on."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, path_of
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import ROUTE_ADDERS, ROUTE_DECORATORS
from layercheck.project import Project, query
from layercheck.queries.callers import files_by_called_name
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.import_names import NamesByFile
from layercheck.queries.symbols import class_attribute
from layercheck.queries.words import known_as, words_in


def receiver(project: Project, target: str | None) -> Function | None:
    """The function that gets the arguments of a call: the called one, or the constructor of a class."""
    if target is None or ":" not in target:
        return None
    init = class_attribute(project, target, "__init__") if project.get(Class, target) is not None else target
    return project.get(Function, init) if init is not None else None


_ADDING = ROUTE_ADDERS | {"include_router", "mount"}
_REGISTERING = _ADDING | ROUTE_DECORATORS


@query
def handing_names(project: Project) -> frozenset[str]:
    """The names by which something is called that might register on a router which it is handed: no call of another name hands one.

    "" stands for every name: then an object that is called (`__call__`) does so.
    """
    found: frozenset[str] = frozenset()
    step = 0
    while fresh := _handing_at(project, step):
        found |= fresh
        step += 1
    return found


@query(whole=True)
def handing_in(project: Project, path: str) -> frozenset[str]:
    """Those of `handing_names` by which code of a file calls something, so that the others concern nobody there."""
    found = _handing_by_file(project)
    return found.get(path, found.get("", frozenset()))


@query
def _handing_by_file(project: Project) -> NamesByFile:
    """File -> those of `handing_names` that it calls something by; "" -> "" alone, where each name may be one."""
    names = handing_names(project)
    if "" in names:
        return NamesByFile({"": frozenset({""})})
    calling = files_by_called_name(project)
    table: dict[str, set[str]] = {}
    for name in names:
        for path in calling.get(name, ()):
            table.setdefault(path, set()).add(name)
    return NamesByFile({path: frozenset(found) for path, found in table.items()})


@query(whole=True)
def _handing_at(project: Project, step: int) -> frozenset[str]:
    """The names of `handing_names` that hand a router on to those of the step before; at first those that register on it themselves."""
    found: set[str] = set()
    for path in project.files():
        found |= _handing_on_in(project, path, step) if step else _registering_in(project, path)
    return _called_by(project, frozenset(found)).difference(*[_handing_at(project, earlier) for earlier in range(step)])


def _called_by(project: Project, names: frozenset[str]) -> frozenset[str]:
    """Names of functions and classes, with those of classes that inherit from these and those that stand for them."""
    found = known_as(project, names)
    if "__call__" in found:
        return found | {""}
    if "__init__" not in found:
        return found
    found |= {"cls", "super"}
    while True:
        more = {
            name for path in project.files() for name, bases in _bases_in(project, path) if not found.isdisjoint(bases)
        }
        if more <= found:
            return found
        found |= known_as(project, frozenset(more))


@query
def _bases_in(project: Project, path: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (row.name, tuple(ir.last_name((ir.is_a(b, "item") and b[1]) or b) for b in row.bases))
        for row in project.of_file(Class, path)
        if row.bases
    )


@query
def _registering_in(project: Project, path: str) -> frozenset[str]:
    """The names of a file's functions that register on a parameter themselves, and of the classes whose constructors do."""
    found: set[str] = set()
    for function in project.of_file(Function, path):
        body = project.get(Body, function.key)
        if function.raw_params and body is not None and _own(project, function, body):
            found.update(_names_of(function))
    return frozenset(found)


@query
def _handing_on_in(project: Project, path: str, step: int) -> frozenset[str]:
    """The names of a file's functions that call something by one of the names that the step before found."""
    names = _handing_at(project, step - 1)
    if "" not in names and names.isdisjoint(words_in(project, path)):
        return frozenset()
    found: set[str] = set()
    for function in project.of_file(Function, path):
        body = project.get(Body, function.key)
        if function.raw_params and body is not None and ("" in names or not names.isdisjoint(body.words)):
            found.update(_names_of(function))
    return frozenset(found)


def _names_of(function: Function) -> tuple[str, ...]:
    return (function.name, function.cls.rpartition(".")[2]) if function.name == "__init__" else (function.name,)


def may_hand(names: frozenset[str], call: Expr) -> bool:
    """Whether a call might hand a router to something that registers on it, by the name of what is called."""
    return ir.last_name(call[1]) in names or "" in names


@query(bottom=frozenset())
def router_parameters(project: Project, key: str) -> frozenset[str]:
    """The parameters of a function on which it registers something, or that it includes, directly or by handing them on."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return frozenset()
    names = {p[0] for p in function.raw_params}
    found = _own(project, function, body)
    handing = handing_in(project, path_of(key))
    if names - found and any(may_hand(handing, call) for call, *_ in body.raw_calls):
        for site in sites(project, key):
            values = [*site.call[2], *(value for _, value in site.call[3])]
            if any(v.__class__ is str and v in names for v in values):
                target = receiver(project, site.target)
                further = router_parameters(project, target.key) if target is not None else ()
                if target is not None and further:
                    found.update(
                        v
                        for p, v in arguments_of(project, target, site)
                        if p in further and v.__class__ is str and v in names
                    )
    return frozenset(found)


def _own(project: Project, function: Function, body: Body) -> set[str]:
    """The parameters of a function on which it registers something itself."""
    says = _calls_registering(body)
    if not says and not function.nested and function.name != "__init__":
        return set()
    names = {p[0] for p in function.raw_params}
    found: set[str] = set()
    if says:
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
    if function.name == "__init__" and function.cls:
        found.update(_registered_on_later(project, function, body))
    for nested in function.nested:
        inner = project.get(Function, f"{function.path}:{nested}")
        for decorator in inner.decorators if inner is not None else ():
            text = dotted(decorator[1]) if ir.is_a(decorator, "call") else None
            if text is not None and text.partition(".")[0] in names and text.rpartition(".")[2] in _REGISTERING:
                found.add(text.partition(".")[0])
    return found


def _calls_registering(body: Body) -> bool:
    """Whether a body calls something that may register on a router: `get` does where what it gives is called in turn."""
    return not _ADDING.isdisjoint(body.called) or (
        "()()" in body.words and not ROUTE_DECORATORS.isdisjoint(body.called)
    )


def _registered_on_later(project: Project, init: Function, body: Body) -> Iterator[str]:
    """The parameters of a constructor that it keeps, and on which some method of the class registers: `self.app.include_router(...)`."""
    names = {p[0] for p in init.raw_params}
    kept = {
        raw[0]: raw[2]
        for raw in body.raw_binds
        if raw[2].__class__ is str and raw[0].startswith("self.") and raw[2] in names
    }
    row = project.get(Class, f"{init.path}:{init.cls}") if kept else None
    for _, qualname in row.methods if row is not None else ():
        method = project.get(Body, f"{init.path}:{qualname}")
        for call, *_ in method.raw_calls if method is not None and _calls_registering(method) else ():
            func = call[1][1] if ir.is_a(call[1], "call") else call[1]  # self.app.get("/x")(handler)
            owner, _, name = (dotted(func) or "").rpartition(".")
            if owner in kept and name in _REGISTERING and (name not in ROUTE_DECORATORS or func is not call[1]):
                yield kept[owner]


def arguments_of(project: Project, function: Function, site: Site) -> list[tuple[str, Expr]]:
    """(parameter, value) of a call, as far as each value is known."""
    return [(name, value) for name, value in bound_arguments(project, function.key, site).items() if value is not None]
