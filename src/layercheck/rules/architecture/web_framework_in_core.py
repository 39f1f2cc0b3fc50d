"""Keep the web framework out of services, repositories and models.

A service that raises HTTPException can only be called from HTTP: a worker, a command or a test of the rule must pretend to be a
request. Status codes belong where HTTP is spoken; the core says what went wrong in its own words.

A module that makes a router is no core, whatever its folder is called.

How to fix: raise an exception of your own and map it to a status in one exception handler; pass values, not Request or UploadFile.

```python bad app/services/orders.py
from fastapi import HTTPException


def get_order(orders, order_id):
    order = orders.find(order_id)
    if order is None:
        raise HTTPException(status_code=404)
    return order
```
```python bad app/repositories/orders.py
from sqlalchemy.orm import Session
from app.models import Order


class Orders:
    def __init__(self, session: Session):
        self.session = session

    def find(self, order_id):
        return self.session.get(Order, order_id)
```
```python good app/services/orders.py
from app.errors import NotFound


def get_order(orders, order_id):
    order = orders.find(order_id)
    if order is None:
        raise NotFound("order", order_id)
    return order
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Class, Function, Import, Module
from layercheck.knowledge.frameworks import FRAMEWORK_ROOTS, SOFT_NAMES
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project
from layercheck.queries.file_kinds import is_composition_root
from layercheck.queries.handlers import defines_router
from layercheck.queries.layers import layer_of
from layercheck.queries.modules import find_module, folder_of
from layercheck.queries.symbols import mro

RULE = Rule(
    code="LC106",
    name="web-framework-in-core",
    message="{names} of the web framework imported into the {layer} layer ({why}): raise an exception of your own and translate it at the edge",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-6",),
    since="0.1",
    options=(
        Option(
            "allow", (), 'modules that may be imported anywhere, such as "fastapi.encoders" or "fastapi.concurrency"'
        ),
    ),
)
_OTHERS = "{names} of the web framework imported into the {layer} layer ({why}): take and return plain values, and leave the framework to the edge"
_STEMS = ("middleware", "exception_handler", "exception_handlers", "error_handler", "error_handlers", "handlers")


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each import statement of the framework in a module of the core."""
    layer = layer_of(project, module.path)
    if layer.name not in ("services", "repositories", "models") or is_composition_root(project, module.path):
        return
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    if stem in _STEMS or stem.endswith("_middleware"):
        return
    allowed = project.settings.option(RULE, "allow")
    statements: dict[int, list[Import]] = {}
    for entry in module.imports:
        if not entry.level and not entry.type_checking and _is_framework(entry) and not _allowed(entry, allowed):
            if find_module(project, folder_of(module.path), entry.module) is None:
                statements.setdefault(entry.at, []).append(entry)
    if not statements or _defines_middleware(project, module.path) or defines_router(project, module.path):
        return  # a module with a router is no core, whatever its folder is called
    strict = project.settings.profile == Profile.STRICT
    for at, entries in statements.items():
        if not strict and all(_is_soft(entry) for entry in entries):
            continue
        names = ", ".join(f"{e.module}.{e.name}" if e.name else e.module for e in entries)
        fields = {"names": names, "layer": layer.name, "why": layer.why}
        raised = any(e.name is None or e.name == "status" or e.name.endswith("Exception") for e in entries)
        yield Fault(module.place(at), fields, message="" if raised else _OTHERS)


def _defines_middleware(project: Project, path: str) -> bool:
    """Whether a class of the module is middleware: it extends Starlette's, or is called with scope, receive and send."""
    for cls in project.of_file(Class, path):
        if "starlette.middleware.base.BaseHTTPMiddleware" in mro(project, cls.key):
            return True
        called = project.get(Function, f"{cls.key}.__call__")
        if called is not None and [p.name for p in called.params][-3:] == ["scope", "receive", "send"]:
            return True
    return False


def _is_framework(entry: Import) -> bool:
    return _below(entry.module, FRAMEWORK_ROOTS) or (
        entry.name is not None and f"{entry.module}.{entry.name}" in FRAMEWORK_ROOTS
    )


def _below(dotted: str, roots: frozenset[str]) -> bool:
    """Whether a module is one of the roots or lies below one."""
    while dotted:
        if dotted in roots:
            return True
        dotted = dotted.rpartition(".")[0]
    return False


def _allowed(entry: Import, allowed: object) -> bool:
    full = f"{entry.module}.{entry.name}" if entry.name else entry.module
    return isinstance(allowed, tuple) and any(full == a or full.startswith(f"{a}.") for a in allowed)


def _is_soft(entry: Import) -> bool:
    """Only the words that the framework's own injection uses, or status numbers."""
    return entry.module in SOFT_NAMES or (entry.name is not None and f"{entry.module}.{entry.name}" in SOFT_NAMES)
