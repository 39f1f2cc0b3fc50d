"""`layercheck deps HANDLER`: what has to be solved before a handler runs."""

from __future__ import annotations

from typing import Any

from layercheck.facts.rows import Class, Function
from layercheck.project import Project
from layercheck.queries.auth import YES, dependency_protection, is_harmless, is_scheme, made_dependencies, short
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.fixtures import overrides
from layercheck.queries.parameters import dependency_keys, names_every_parameter
from layercheck.queries.routes import Route, all_dependencies, routes_of
from layercheck.queries.types import provided_type, symbol_type
from layercheck.views.effects import function_effects


def find_functions(project: Project, name: str) -> list[str]:
    """The keys of the functions that a name given by a user can mean: "path:qualname", a qualname, or its last part."""
    exact = [f.key for f in project.all(Function) if f.key == name or f.key.endswith(f"/{name}")]
    if exact:
        return exact
    return [
        f.key for f in project.all(Function) if f.qualname == name or f.qualname.endswith(f".{name}") or f.name == name
    ]


def dependency_tree(project: Project, handler: str) -> dict[str, Any]:
    """The dependencies of a handler as a tree: what each gives and does, whether it is a generator, what it does about credentials,
    what the tests put in its place, and for the outermost ones where they stand (`from`)."""
    found = {d.dependency: "parameter" for d in declared_dependencies(project, handler)}
    for route in routes_of(project, handler):
        for wanted, level in _standing(project, route):
            found.setdefault(wanted, level)
    return {"handler": handler, "dependencies": [_outermost(project, d, level) for d, level in found.items()]}


def route_dependencies(project: Project, route: Route) -> list[dict[str, Any]]:
    """The dependencies of one route, as FastAPI solves them: those of application, routers, includes and decorator, then its own."""
    return [_outermost(project, wanted, level) for wanted, level in _standing(project, route)]


def all_followed(nodes: list[dict[str, Any]]) -> bool:
    """Whether a tree of dependencies is known whole: what each one runs, and what that asks for."""
    return all(node["followed"] and all_followed(node["dependencies"]) for node in nodes)


def schemes_in(nodes: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    """(class, whether it refuses by itself) of every security scheme in a tree of dependencies."""
    return [
        found
        for node in nodes
        for found in ([(node["scheme"], node["auth"] == YES)] if node.get("scheme") else [])
        + schemes_in(node["dependencies"])
    ]


def _standing(project: Project, route: Route) -> list[tuple[Dependency, str]]:
    """Each dependency of a route with where it stands: application, router, include, decorator, class or parameter."""
    own = {d.dependency for d in declared_dependencies(project, route.handler)} if route.handler is not None else set()
    levels = dict(zip(reversed(route.dependencies), reversed(route.levels), strict=True))
    return [
        (wanted, levels.get(wanted) or ("parameter" if wanted in own else "class"))
        for wanted in all_dependencies(project, route)
    ]


def _outermost(project: Project, wanted: Dependency, level: str) -> dict[str, Any]:
    return {"from": level, **_node(project, wanted, ())}


def _node(project: Project, wanted: Dependency, seen: tuple[str, ...]) -> dict[str, Any]:
    target = wanted.target
    if target is None:
        return {"target": None, "resolved": False, "followed": False, "dependencies": []}
    function = project.get(Function, target)
    kind = provided_type(project, target, wanted.called) if ":" in target else None
    plain = not wanted.called and (function is not None or project.get(Class, target) is not None)
    homes = (target,) if plain else made_dependencies(project, target)
    scheme = _scheme(project, wanted, target)
    external = ":" not in target
    keys = dependency_keys(project, target, wanted.called)
    whole = (plain or bool(homes)) and all(names_every_parameter(project, key) for key in keys)
    children = [
        _node(project, d.dependency, (*seen, target))
        for home in homes
        if target not in seen
        for d in declared_dependencies(project, home)
    ]
    return {
        "target": target,
        "makes": [home for home in homes if home != target],
        "resolved": not external,
        "followed": wanted.by_container or scheme is not None or (is_harmless(target) if external else whole),
        "gives": kind[1] if kind is not None and kind[0] == "inst" else None,
        "yields": bool(function is not None and function.is_generator),
        "async": bool(function is not None and function.is_async),
        "auth": dependency_protection(project, wanted).state,
        "scheme": scheme,
        "effects": function_effects(project, keys or homes),
        "overridden": sorted({o.replacement or "?" for o in overrides(project) if o.provider == target}),
        "dependencies": children,
    }


def _scheme(project: Project, wanted: Dependency, target: str) -> str | None:
    """The class of the security scheme that a dependency is: `HTTPBearer()`, or a module's instance of one."""
    cls = target
    if not wanted.called and project.get(Class, target) is None:
        kind = symbol_type(project, target) if ":" in target else None
        cls = kind[1] if kind is not None and kind[0] == "inst" else target
    return short(cls).rpartition(".")[2] if is_scheme(project, cls) else None
