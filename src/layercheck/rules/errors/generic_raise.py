"""Raise exceptions that have a name of their own.

Whoever calls code that does `raise Exception(...)` can only catch everything, bugs included, and no global handler can give the
error its status. In the strict profile the same goes for built-in errors (ValueError, RuntimeError, KeyError) with which services
and repositories report what the business does not allow.

How to fix: an exception class of the project for each kind of failure (`class OutOfStockError(ShopError)`), raised with its facts.

```python bad app/services/stock.py
def reserve(book, count):
    if book.stock < count:
        raise Exception(f"only {book.stock} left")
```
```python good app/services/stock.py
from app.errors import OutOfStockError


def reserve(book, count):
    if book.stock < count:
        raise OutOfStockError(book.id, book.stock)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.exceptions import BROAD
from layercheck.queries.file_kinds import is_script
from layercheck.queries.layers import layer_of
from layercheck.queries.models import is_schema, is_settings
from layercheck.queries.symbols import resolve
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC301",
    name="generic-raise",
    message="raise {exception}(...): raise an exception class of the project, which callers can catch and a handler can answer",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ERR-1",),
    since="0.1",
)
_BUSINESS = frozenset({"builtins.ValueError", "builtins.RuntimeError", "builtins.KeyError"})
_VALIDATING = (
    "validator",
    "model_validator",
    "field_validator",
    "root_validator",
    "validates",
    "AfterValidator",
    "computed_field",
)


@only_with("raise")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each `raise Exception(...)`; strict: built-in errors in services and repositories."""
    raised = [s for s in ir.statements(body.statements) if s[0] == "raise" and s[1] is not None]
    if not raised:
        return
    strict = project.settings.profile == Profile.STRICT
    for statement in raised:
        e = statement[1]
        name = dotted(e[1]) if ir.is_a(e, "call") else e if e.__class__ is str else None
        symbol = resolve(project, body.key, name) if name is not None else None
        if symbol in BROAD:
            if is_script(project, body.path):
                return
        elif not (strict and symbol in _BUSINESS and _is_business(project, body)):
            continue
        yield Fault(body.place(statement[-1]), {"exception": (symbol or "").rpartition(".")[2]})


def _is_business(project: Project, body: Body) -> bool:
    """Code of a service or repository that is no validator of a schema."""
    function = project.get(Function, body.key)
    if function is None or layer_of(project, body.path).name not in ("services", "repositories"):
        return False
    for decorator in function.decorators:
        if ir.last_name(decorator[1] if ir.is_a(decorator, "call") else decorator) in _VALIDATING:
            return False
    cls = f"{body.path}:{function.cls}"
    return not (is_schema(project, cls) or is_settings(project, cls))
