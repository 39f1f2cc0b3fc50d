"""Take a schema as request body, never a table.

A table class as body lets the client set every column: `is_admin`, `owner_id`, `balance`, the primary key. SQLModel does not even validate
the values of a class with `table=True`. This is mass assignment, an old and popular hole.

How to fix: a schema with the fields that the client may set, and a row built from it.

```python bad app/routes/heroes.py
from fastapi import APIRouter

from app.models import Hero

router = APIRouter()


@router.post("/heroes")
def create_hero(hero: Hero):
    return {"name": hero.name}
```
```python bad app/models.py
from sqlmodel import Field, SQLModel


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    is_admin: bool = False
```
```python good app/routes/heroes.py
from fastapi import APIRouter

from app.schemas import HeroCreate

router = APIRouter()


@router.post("/heroes")
def create_hero(hero: HeroCreate):
    return {"name": hero.name}
```
```python good app/schemas.py
from pydantic import BaseModel


class HeroCreate(BaseModel):
    name: str
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.ir import dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import Handler
from layercheck.queries.models import SQLMODEL, is_table
from layercheck.queries.parameters import Parameter, function_parameters, metadata
from layercheck.queries.schemas import classes_in
from layercheck.queries.symbols import mro, resolve

RULE = Rule(
    code="LC108",
    name="orm-model-in-request",
    message="{handler} takes the table class {table} as request body ({name}): a client can set every column; take a schema",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ORG-2", "API-6", "SEC-1"),
    since="0.1",
)
_BODY = ("body", "form")


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """Each body parameter of a handler whose type is a table class, or holds one."""
    if any("websocket" in registration.method for registration in handler.registrations):
        return
    for parameter in function_parameters(project, handler.function.key):
        if parameter.source not in _BODY or not _from_the_client(project, parameter):
            continue
        for cls in classes_in(project, parameter.owner, parameter.annotation):
            if is_table(project, cls) and (parameter.marker is not None or SQLMODEL in mro(project, cls)):
                fields = {"handler": handler.function.name, "table": cls.rpartition(":")[2], "name": parameter.name}
                yield Fault(parameter.place, fields)
                break


def _from_the_client(project: Project, parameter: Parameter) -> bool:
    """Whether nothing else may fill a parameter: a default that is no constant, or metadata of an unknown kind, might inject it."""
    if parameter.marker is not None:
        return True
    if parameter.default is not None and not ir.is_a(parameter.default, "const"):
        return False
    return not any(
        _may_inject(project, scope, e) for scope, e in metadata(project, parameter.owner, parameter.annotation)
    )


def _may_inject(project: Project, scope: str, e: ir.Expr) -> bool:
    """A call or a name in Annotated that is neither text nor a thing of Pydantic."""
    name = dotted(e[1]) if ir.is_a(e, "call") else dotted(e)
    if name is None:
        return False
    symbol = resolve(project, scope, name)
    return symbol is None or not symbol.startswith(("pydantic.", "annotated_types.", "typing"))
