"""Declare what a route answers.

Without a response model nothing filters what leaves the service: a new column of the table is published the day it is added, the API
page shows an empty schema, and clients guess.

How to fix: a response schema as return annotation, or `response_model=` in the decorator.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/books")
def list_books():
    return [{"title": "Emma", "price": 12}]
```
```python good app/routes.py
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class BookOut(BaseModel):
    title: str
    price: int


@router.get("/books")
def list_books() -> list[BookOut]:
    return [BookOut(title="Emma", price=12)]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.answers import NOTHING, annotated_response, is_response_class, only_responses, returned_kinds
from layercheck.queries.handlers import Registration
from layercheck.queries.items import Handler
from layercheck.queries.publicity import is_health, is_page, out_of_schema
from layercheck.queries.routes import routes_of
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import binding, resolve
from layercheck.queries.types import annotation_type

RULE = Rule(
    code="LC407",
    name="missing-response-model",
    message="{handler} {what}: declare a schema with response_model= or as return annotation",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-6", "DELIV-1"),
    since="0.1",
)
_LOOSE = frozenset({
    "builtins.dict", "builtins.list", "builtins.object", "builtins.tuple", "builtins.set", "typing.Any", "typing.Dict", "typing.List",
    "typing.Mapping", "collections.abc.Mapping", "typing.Sequence", "collections.abc.Sequence",
})  # fmt: skip
_CONTAINERS = _LOOSE - {"builtins.object", "typing.Any"}


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A handler whose answer no schema describes."""
    function = handler.function
    for registration in handler.registrations:
        if ir.keyword(registration.call, "include_in_schema") == ("const", False):
            continue
        what = _fault(project, function, registration)
        if what is not None:
            if not (
                out_of_schema(project, function.key) or is_health(project, function.key) or _is_page(project, function)
            ):
                yield Fault(handler.place, {"handler": function.name, "what": what})
            return


def _is_page(project: Project, function: Function) -> bool:
    """Whether every route answers with a page for people: `default_response_class=HTMLResponse` on the way."""
    found = routes_of(project, function.key)
    return bool(found) and all(is_page(project, route) for route in found)


def _fault(project: Project, function: Function, registration: Registration) -> str | None:
    call, scope = registration.call, registration.scope
    if "websocket" in registration.method or any(name is None for name, _ in call[3]):
        return None
    if (
        status_value(project, scope, ir.keyword(call, "status_code")) in (204, 304)
        or ir.keyword(call, "response_class") is not None
    ):
        return None
    model = ir.keyword(call, "response_model")
    if model == ("const", None):
        return None
    if model is not None:
        return _loose(project, scope, model, "response_model")
    if function.returns is not None:
        if annotated_response(project, function) or function.returns == ("const", None):
            return None
        found = _loose(project, function.key, function.returns, "return annotation")
        return found if found is None or not only_responses(project, function.key) else None
    if only_responses(project, function.key) or _nothing(project, function):
        return None
    return "has neither a response model nor a return annotation"


def _nothing(project: Project, function: Function) -> bool:
    """A handler that only raises: it never answers. One that returns nothing should say so."""
    return returned_kinds(project, function.key) == frozenset() and NOTHING not in returned_kinds(project, function.key)


def _loose(project: Project, key: str, e: Expr, where: str) -> str | None:
    """What is wrong with a declared model; None when it describes the answer (or nobody can tell)."""
    if ir.is_a(e, "op") and e[1] == "|":
        options = [o for o in e[2] if o != ("const", None)]
        found = [_loose(project, key, o, where) for o in options]
        return next((f for f in found if f is not None), None)
    name = dotted(e)
    if name is not None:
        symbol = resolve(project, key, name)
        if symbol in _LOOSE:
            return f"declares the {where} {name.rpartition('.')[2]}, which says nothing"
        if symbol is not None and ":" in symbol and project.get(Class, symbol) is None:
            return _alias(project, symbol, name, where)
        return None
    if ir.is_a(e, "item"):
        head = dotted(e[1])
        symbol = resolve(project, key, head) if head else None
        items = e[2][1] if ir.is_a(e[2], "tuple") else (e[2],)
        if symbol in ("typing.Optional", "typing.Union", "typing.Annotated"):
            chosen = list(items[:1]) if symbol.endswith("Annotated") else [i for i in items if i != ("const", None)]
            return next((f for o in chosen if (f := _loose(project, key, o, where)) is not None), None)
        if symbol in _CONTAINERS:
            inner = items[-1]
            if _is_loose_inside(project, key, inner):
                return f"declares the {where} {head}[...] of untyped values"
    return None


def _is_loose_inside(project: Project, key: str, e: Expr) -> bool:
    return _loose(project, key, e, "") is not None


def _alias(project: Project, symbol: str, name: str, where: str) -> str | None:
    if project.get(Function, symbol) is not None:
        return f"declares the {where} {name}, which is a function and no schema"
    bind = binding(project, symbol)
    if bind is None or bind.value is None or bind.value == name:
        return None
    kind = annotation_type(project, f"{symbol.partition(':')[0]}:", bind.value)
    if kind is not None and kind[0] == "inst" and is_response_class(project, kind[1]):
        return None
    return (
        _loose(project, f"{symbol.partition(':')[0]}:", bind.value, where) if not ir.is_a(bind.value, "call") else None
    )
