"""Routers that are handed to project functions: which parameters of a function are routers that it puts something on."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import ROUTE_ADDERS, ROUTE_DECORATORS
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.symbols import class_attribute


def receiver(project: Project, target: str | None) -> Function | None:
    """The function that gets the arguments of a call: the called one, or the constructor of a class."""
    if target is None or ":" not in target:
        return None
    init = class_attribute(project, target, "__init__") if project.get(Class, target) is not None else target
    return project.get(Function, init) if init is not None else None


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
    if function.name == "__init__" and function.cls:
        found.update(_registered_on_later(project, function, body))
    for nested in function.nested:
        inner = project.get(Function, f"{function.path}:{nested}")
        for decorator in inner.decorators if inner is not None else ():
            text = dotted(decorator[1]) if ir.is_a(decorator, "call") else None
            if text is not None and text.partition(".")[0] in names and text.rpartition(".")[2] in _REGISTERING:
                found.add(text.partition(".")[0])
    if names - found:
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


def _registered_on_later(project: Project, init: Function, body: Body) -> Iterator[str]:
    """The parameters of a constructor that it keeps, and on which some method of the class registers: `self.app.include_router(...)`."""
    names = {p[0] for p in init.raw_params}
    kept = {raw[0]: raw[2] for raw in body.raw_binds if raw[0].startswith("self.") and raw[2] in names}
    row = project.get(Class, f"{init.path}:{init.cls}") if kept else None
    for _, qualname in row.methods if row is not None else ():
        method = project.get(Body, f"{init.path}:{qualname}")
        for call, *_ in method.raw_calls if method is not None else ():
            func = call[1][1] if ir.is_a(call[1], "call") else call[1]  # self.app.get("/x")(handler)
            owner, _, name = (dotted(func) or "").rpartition(".")
            if owner in kept and name in _REGISTERING and (name not in ROUTE_DECORATORS or func is not call[1]):
                yield kept[owner]


def arguments_of(project: Project, function: Function, site: Site) -> list[tuple[str, Expr]]:
    """(parameter, value) of a call, as far as each value is known."""
    return [(name, value) for name, value in bound_arguments(project, function.key, site).items() if value is not None]
