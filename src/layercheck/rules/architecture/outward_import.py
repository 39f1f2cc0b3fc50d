"""Let imports point inward only.

routes -> services -> repositories -> models and schemas. An import against that direction makes the inner layer unusable without
the outer one and sooner or later closes an import cycle.

How to fix: move what is shared into the inner layer, or let the outer layer pass it in (a parameter, a port defined inside).

`[tool.layercheck.layers] order` sets another order, or leaves layers out of it; without it models and schemas lie side by side.

```python bad app/services/users.py
from sqlalchemy.orm import Session

from app.routes.users import page_size


def list_users(session: Session, users):
    return users.page(session, page_size())
```
```python bad app/routes/users.py
from fastapi import APIRouter

router = APIRouter()


def page_size():
    return 20


@router.get("/users")
def read_users():
    return []
```
```python good app/services/users.py
from sqlalchemy.orm import Session


def list_users(session: Session, users, page_size: int):
    return users.page(session, page_size)
```
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from layercheck.facts.rows import Class, Function, Import, Module
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.file_kinds import is_composition_root
from layercheck.queries.handlers import handlers_in
from layercheck.queries.imports import imports_meant, imports_of
from layercheck.queries.layers import Layer, layer_of, name_hint, points_outward, uses_data
from layercheck.queries.modules import module_name
from layercheck.queries.symbols import has_unknown_base, mro
from layercheck.queries.unreadable import unreadable_names

RULE = Rule(
    code="LC101",
    name="outward-import",
    message="{importer} is in the {inner} layer ({inner_why}) and imports {target} of the {outer} layer ({outer_why}){through}: turn the dependency round",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-1",),
    since="0.1",
)
_PORTS = frozenset({"typing.Protocol", "typing_extensions.Protocol", "abc.ABC"})
_MAX_CHAIN = 4


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each import statement from an inner layer to an outer one; one fault a statement."""
    inner = layer_of(project, module.path)
    if inner.name is None or is_composition_root(project, module.path):
        return
    if inner.name == "services" and not uses_data(project, module.path):
        return
    strict = project.settings.profile == Profile.STRICT
    seen: set[int] = set()
    for entry, meant in zip(module.imports, imports_meant(project, module.path), strict=True):
        if entry.type_checking or entry.at in seen:
            continue
        target = _target(project, module.path, meant.module if entry.name is None else meant.symbol)
        if target is None:
            continue
        outer = layer_of(project, target)
        if (outer.name == "services" and not uses_data(project, target)) or (
            outer.name == "routes" and _mixes(project, target)
        ):
            continue
        if points_outward(project, inner.name, outer.name) and not is_composition_root(project, target):
            seen.add(entry.at)
            yield _fault(project, module, entry, inner, outer, target, ())
        elif strict and outer.name is None and not is_composition_root(project, target):
            chain = _through(project, target, inner)
            if chain:
                seen.add(entry.at)
                yield _fault(project, module, entry, inner, layer_of(project, chain[-1]), chain[-1], chain)


def _target(project: Project, path: str, symbol: str | None) -> str | None:
    """The file that defines what is imported; None when external, unknown, a package's own __init__ or a port."""
    if symbol is None or ":" not in symbol or symbol.endswith("//:"):
        return None
    target, _, qualname = symbol.partition(":")
    if target == path or (not qualname and target.endswith("__init__.py")):
        return None
    if qualname and project.get(Class, symbol) is not None:
        if _PORTS & set(mro(project, symbol)[1:3]):
            return None
        if unreadable_names(project) and has_unknown_base(project, symbol):
            return None
    return target


def _mixes(project: Project, path: str) -> bool:
    """A module with a handler or two among many other things, that is not named like a route either."""
    hint = name_hint(project, path)
    functions = project.of_file(Function, path)
    return (hint is None or hint[0] != "routes") and len(handlers_in(project, path)) * 3 < len(functions)


def _through(project: Project, start: str, inner: Layer) -> tuple[str, ...]:
    """The shortest way from a module without a layer to one of an outer layer, through modules without a layer."""
    paths: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while paths:
        path = paths.pop(0)
        if len(path) > _MAX_CHAIN:
            return ()
        for following in sorted(imports_of(project, path[-1])):
            if following in seen or is_composition_root(project, following):
                continue
            seen.add(following)
            layer = layer_of(project, following)
            if points_outward(project, inner.name, layer.name):
                return (*path, following)
            if layer.name is None:
                paths.append((*path, following))
    return ()


def _fault(
    project: Project, module: Module, entry: Import, inner: Layer, outer: Layer, target: str, chain: tuple[str, ...]
) -> Fault:
    names = [module_name(project, p) for p in chain]
    steps = [Step(module.place(entry.at), f"imports {names[0] if names else module_name(project, target)}")]
    for here, following in itertools.pairwise(chain):
        steps.append(Step(Place("Module", f"{here}:", 0), f"imports {module_name(project, following)}"))
    steps.append(Step(Place("Module", f"{target}:", 0), f"{outer.name}: {outer.why}"))
    fields = {
        "importer": module_name(project, module.path),
        "inner": inner.name,
        "inner_why": inner.why,
        "target": module_name(project, target),
        "outer": outer.name,
        "outer_why": outer.why,
        "through": f" through {' -> '.join(names[:-1])}" if len(names) > 1 else "",
    }
    return Fault(module.place(entry.at), fields, tuple(steps))
