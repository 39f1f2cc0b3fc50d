"""`layercheck deps HANDLER`: what has to be solved before a handler runs."""

from __future__ import annotations

from typing import Any

from layercheck.facts.rows import Class, Function
from layercheck.project import Project
from layercheck.queries.auth import dependency_protection, made_dependencies
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.fixtures import overrides
from layercheck.queries.routes import all_dependencies, routes_of
from layercheck.queries.types import provided_type
from layercheck.views.routes import function_effects


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
    and what the tests put in its place."""
    found: list[Dependency] = [d.dependency for d in declared_dependencies(project, handler)]
    for route in routes_of(project, handler):
        found.extend(d for d in all_dependencies(project, route) if d not in found)
    return {"handler": handler, "dependencies": [_node(project, d, (handler,)) for d in found]}


def _node(project: Project, wanted: Dependency, seen: tuple[str, ...]) -> dict[str, Any]:
    target = wanted.target
    if target is None:
        return {"target": None, "resolved": False, "dependencies": []}
    function = project.get(Function, target)
    kind = provided_type(project, target, wanted.called) if ":" in target else None
    plain = not wanted.called and (function is not None or project.get(Class, target) is not None)
    homes = (target,) if plain else made_dependencies(project, target)
    children = [
        _node(project, d.dependency, (*seen, target))
        for home in homes
        if target not in seen
        for d in declared_dependencies(project, home)
    ]
    return {
        "target": target,
        "makes": [home for home in homes if home != target],
        "resolved": ":" in target,
        "gives": kind[1] if kind is not None and kind[0] == "inst" else None,
        "yields": bool(function is not None and function.is_generator),
        "async": bool(function is not None and function.is_async),
        "auth": dependency_protection(project, wanted).state,
        "effects": function_effects(project, target),
        "overridden": sorted({o.replacement or "?" for o in overrides(project) if o.provider == target}),
        "dependencies": children,
    }
