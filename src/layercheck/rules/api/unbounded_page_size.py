"""Put a ceiling on the page size.

`?limit=1000000` turns a list endpoint into a table dump that one client can ask for in a loop.

How to fix: `limit: Annotated[int, Query(ge=1, le=100)] = 20`, or clamp it in the body with `min()`.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/books")
def list_books(offset: int = 0, limit: int = 20) -> list[str]:
    return ["Emma"][offset : offset + limit]
```
```python good app/routes.py
from typing import Annotated

from fastapi import APIRouter, Query

router = APIRouter()


@router.get("/books")
def list_books(offset: int = 0, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[str]:
    return ["Emma"][offset : offset + limit]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import dotted
from layercheck.knowledge.pagination import PAGE_POSITIONS, PAGE_SIZES
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.callgraph import bound_arguments, sites
from layercheck.queries.handlers import is_handler
from layercheck.queries.models import is_schema
from layercheck.queries.occasions import has_page_size
from layercheck.queries.parameters import (
    Parameter,
    function_parameters,
    params_model_fields,
    params_models,
    upper_bound,
)
from layercheck.queries.roles import is_surely_provider
from layercheck.queries.secrets import words
from layercheck.queries.symbols import mro
from layercheck.queries.types import annotation_type
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC418",
    name="unbounded-page-size",
    message="{name} has no upper bound{of}: add Query(le=...) so that one request cannot ask for the whole table",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-5", "DATA-6"),
    since="0.1",
    options=(Option("maximum", 10_000, "a bound above this counts as none"),),
)


@only_with(where=has_page_size)
def check(function: Function, project: Project) -> Iterator[Fault]:
    """Each page-size parameter of a handler or pagination provider without a bound."""
    if not (is_handler(project, function.key) or is_surely_provider(project, function.key)):
        return
    parameters = function_parameters(project, function.key)
    for parameter in parameters:
        if _is_other_size(function, parameter, parameters):
            continue
        if _unbounded(project, parameter) and not _clamped(project, function.key, parameter.name):
            yield Fault(parameter.place, {"name": parameter.name, "of": ""})


def check_models(cls: Class, project: Project) -> Iterator[Fault]:
    """Each page-size field of a params model."""
    if cls.key not in _params_classes(project) or not is_schema(project, cls.key):
        return
    for parameter in params_model_fields(project, cls.key):
        if parameter.owner == cls.key and _unbounded(project, parameter):
            yield Fault(parameter.place, {"name": parameter.name, "of": f" in {cls.name}"})


@query
def _params_classes(project: Project) -> frozenset[str]:
    """The params models and the classes from which they inherit fields."""
    return frozenset(base for cls in params_models(project) for base in mro(project, cls))


def _unbounded(project: Project, parameter: Parameter) -> bool:
    if parameter.source not in ("query", "path") or parameter.name.lower() not in PAGE_SIZES:
        return False
    if not _is_number(project, parameter):
        return False
    bound = upper_bound(project, parameter)
    maximum = project.settings.option(RULE, "maximum")
    return bound is None or (isinstance(maximum, int) and bound > maximum)


def _is_number(project: Project, parameter: Parameter) -> bool:
    written = parameter.annotation
    if written is not None and ir.is_a(written, "call"):
        return ir.last_name(written[1]) == "conint"
    kind = annotation_type(project, parameter.owner, written)
    return kind is not None and kind[:2] == ("inst", "builtins.int")


@query(bottom=False)
def _clamped(project: Project, key: str, name: str) -> bool:
    """`min(limit, 100)` or a comparison of the parameter in the body; `page, limit = checked(page, limit)` where the helper does so."""
    body = project.get(Body, key)
    if body is not None and _bounded_by_helper(project, body, name):
        return True
    for e in ir.expressions(body.statements) if body is not None else ():
        if ir.is_a(e, "call") and dotted(e[1]) == "min" and any(a == name for a in e[2]):
            return True
        if ir.is_a(e, "cmp") and (
            (e[1] == name and e[2][0][0] in (">", ">=")) or any(o in ("<", "<=") and r == name for o, r in e[2])
        ):
            return True
    return False


def _bounded_by_helper(project: Project, body: Body, name: str) -> bool:
    """Whether the parameter is bound anew to what a project function makes of it, and that function clamps it or refuses it."""
    for raw in body.raw_binds:
        value = raw[2][1] if ir.is_a(raw[2], "item") and raw[2][2][0] == "const" else raw[2]  # `page, limit = ...`
        while ir.is_a(value, "await"):
            value = value[1]
        if raw[0] != name or raw[1] not in ("=", "item") or not ir.is_a(value, "call"):
            continue
        site = next((s for s in sites(project, body.key) if s.at == value[4]), None)
        if site is not None and site.target is not None and project.get(Function, site.target) is not None:
            given = bound_arguments(project, site.target, site)
            if any(v == name and _clamped(project, site.target, p) for p, v in given.items()):
                return True
    return False


_OTHER_SIZES = frozenset({
    "thumbnail", "thumbnails", "image", "images", "avatar", "avatars", "cover", "covers", "icon", "icons", "photo", "photos", "picture", "logo",
    "qr", "qrcode", "barcode", "resize", "generate",
})  # fmt: skip


def _is_other_size(function: Function, parameter: Parameter, siblings: tuple[Parameter, ...]) -> bool:
    """`size` of a thumbnail, `count` of codes to make: the handler's name says so, and no page position stands beside it."""
    if parameter.name.lower() not in ("size", "count") or any(p.name.lower() in PAGE_POSITIONS for p in siblings):
        return False
    return not _OTHER_SIZES.isdisjoint(words(function.name))
