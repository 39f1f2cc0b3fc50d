"""Annotate what goes in and what comes out.

FastAPI reads the annotations of handlers and dependencies: without one, a number arrives as text and nothing is validated. Between the layers
they are the contract: an unannotated service method takes whatever it is given and fails three calls later.

How to fix: annotate every parameter and the return value; `-> None` where nothing comes back.

Checked are handlers, dependencies and the public functions and methods of services and repositories. The return of a handler that
has no response model is missing-response-model's business and not repeated here; where it answers with ready responses, or with nothing,
nobody else would ask for it.

```python bad app/services/orders.py
def total(lines, discount: int):
    return sum(line.price for line in lines) - discount
```
```python good app/services/orders.py
from app.models import OrderLine


def total(lines: list[OrderLine], discount: int) -> int:
    return sum(line.price for line in lines) - discount
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.answers import NOTHING, RESPONSE, returned_kinds
from layercheck.queries.handlers import is_handler, registrations
from layercheck.queries.layers import layer_of
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.occasions import may_lack_annotation
from layercheck.queries.roles import is_provider
from layercheck.queries.types import has_decorator, is_static
from layercheck.queries.unreadable import unreadable_names
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC409",
    name="missing-type-hints",
    message="{function} lacks the type of {what}: annotate {it}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-7",),
    since="0.1",
)
_OVERLOAD = frozenset({"typing.overload", "typing_extensions.overload"})


@only_with(where=may_lack_annotation)
def check(function: Function, project: Project) -> Iterator[Fault]:
    """A handler, dependency, or public function of a service or repository with parameters or a return without annotation."""
    handler = is_handler(project, function.key)
    if not handler and _is_inner(function):
        return
    missing = [p.name for p in _parameters(project, function) if p.annotation is None]
    if not missing and function.returns is not None:
        return
    if not handler and not _is_checked(project, function):
        return
    if function.returns is None and _wants_return(project, function, handler):
        missing.append("its return value")
    if missing and not has_decorator(project, function, _OVERLOAD):
        what = " and ".join((", ".join(missing[:-1]), missing[-1])) if len(missing) > 1 else missing[0]
        yield Fault(
            function.place(), {"function": function.qualname, "what": what, "it": "them" if len(missing) > 1 else "it"}
        )


def _is_inner(function: Function) -> bool:
    """A function in a function, or a private one."""
    return bool(function.parent) or (function.name.startswith("_") and function.name not in ("__init__", "__call__"))


def _is_checked(project: Project, function: Function) -> bool:
    """Whether a function that is no handler is a contract: a dependency, or public in the core."""
    if is_provider(project, function.key) and function.name not in unreadable_names(project):
        return True
    if function.name == "__call__" or layer_of(project, function.path).name not in ("services", "repositories"):
        return False
    return not function.cls or _is_public_class(project, f"{function.path}:{function.cls}")


def _is_public_class(project: Project, key: str) -> bool:
    """Whether a class is at module level, public, and no schema or table: Pydantic and SQLAlchemy call the methods of those."""
    row = project.get(Class, key)
    if row is None or row.parent or row.name.startswith("_"):
        return False
    return not is_schema(project, key) and not is_table(project, key)


def _parameters(project: Project, function: Function) -> list[ir.Expr]:
    """The parameters that want an annotation: not self or cls, not *args and **kwargs, none that says it is not used."""
    params = list(function.params)
    if function.cls and params and not (function.decorators and is_static(project, function.key)):
        params = params[1:]
    return [p for p in params if p.kind not in ("var", "kwvar") and not p.name.startswith("_")]


def _wants_return(project: Project, function: Function, handler: bool) -> bool:
    if function.name == "__init__":
        return False
    if not handler:
        return True
    for registration in registrations(project, function.key):
        names = {name for name, _ in registration.call[3]}
        if "websocket" in registration.method or names & {"response_model", "response_class", None}:
            return False
    found = returned_kinds(project, function.key)
    return bool(found) and found <= {RESPONSE, NOTHING}
