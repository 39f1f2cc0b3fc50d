"""Answer with a schema, never with a table.

A table that is also the answer publishes every column it has and every one it will get: the password hash, the internal note, the flag that
somebody adds next year. Renaming a column breaks the clients, and reading a relationship while the answer is written sends SQL.

How to fix: a schema with the fields that the client may see, as `response_model=` or return annotation; FastAPI fills it from the row.

```python bad app/routes/users.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.db import get_db
from app.models import User

router = APIRouter()


@router.get("/users/{user_id}", response_model=User)
def read_user(user_id: int, db: Session = Depends(get_db)):
    return db.get(User, user_id)
```
```python bad app/models.py
from sqlmodel import Field, SQLModel


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    password_hash: str
```
```python good app/routes/users.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.db import get_db
from app.models import User
from app.schemas import UserOut

router = APIRouter()


@router.get("/users/{user_id}", response_model=UserOut)
def read_user(user_id: int, db: Session = Depends(get_db)):
    return db.get(User, user_id)
```
```python good app/schemas.py
from pydantic import BaseModel


class UserOut(BaseModel):
    email: str
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.entities import ONE, entity_of
from layercheck.queries.handlers import registrations
from layercheck.queries.items import Handler
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.routes import routes_of
from layercheck.queries.schemas import classes_in, schema_fields
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import resolve

RULE = Rule(
    code="LC107",
    name="orm-model-in-response",
    message="{handler} {what}: declare a schema with the fields to show as response_model",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ORG-2", "API-6"),
    since="0.1",
)
_ANY = frozenset({"typing.Any", "builtins.object"})


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A handler whose declared answer holds a table class, or which declares none and returns rows."""
    function = handler.function
    for call, scope in _calls(project, handler):
        if any(name is None for name, _ in call[3]):
            continue
        found = _fault(project, function, call, scope)
        if found is not None:
            yield Fault(handler.place, {"handler": function.name, "what": found[0]}, found[1])
            return


def _calls(project: Project, handler: Handler) -> Iterator[tuple[Expr, str]]:
    """The registering calls with the key whose names they use."""
    for registration in handler.registrations:
        if "websocket" not in registration.method:
            yield registration.call, registration.scope
    if not handler.registrations:
        for route in routes_of(project, handler.function.key):
            if route.method != "WEBSOCKET":
                yield route.call, route.scope


def _fault(project: Project, function: Function, call: Expr, scope: str) -> tuple[str, tuple[Step, ...]] | None:
    model = ir.keyword(call, "response_model")
    if model is not None and model != ("const", None):
        return _declared(project, scope, model, "response model")
    if model is None and function.returns is not None and not _says_nothing(project, function):
        return _declared(project, function.key, function.returns, "return annotation")
    if status_value(project, scope, ir.keyword(call, "status_code")) in (204, 304) or not _only_registered(
        project, function
    ):
        return None
    return _returned(project, function)


def _says_nothing(project: Project, function: Function) -> bool:
    name = dotted(function.returns)
    return name is not None and resolve(project, function.key, name) in _ANY


def _only_registered(project: Project, function: Function) -> bool:
    """Whether every decorator is a registration: another one may turn the value into something else."""
    return len(registrations(project, function.key)) == len(function.decorators)


def _declared(project: Project, scope: str, model: Expr, what: str) -> tuple[str, tuple[Step, ...]] | None:
    """The first table class that a declared answer is or holds, with the fields on the way to it."""
    seen: set[str] = set()
    queue: list[tuple[str, tuple[Step, ...]]] = [(cls, ()) for cls in classes_in(project, scope, model)]
    while queue:
        cls, steps = queue.pop(0)
        if cls in seen:
            continue
        seen.add(cls)
        if is_table(project, cls):
            name = cls.rpartition(":")[2]
            if not steps:
                return f"declares the table class {name} in its {what}", ()
            return f"declares a {what} that holds the table class {name} ({steps[-1].text})", steps
        if is_schema(project, cls):
            for field in schema_fields(project, cls):
                step = Step(field.place, f"{field.owner.rpartition(':')[2]}.{field.name}")
                for inner in classes_in(project, field.owner, field.annotation):
                    queue.append((inner, (*steps, step)))
    return None


def _returned(project: Project, function: Function) -> tuple[str, tuple[Step, ...]] | None:
    body = project.get(Body, function.key)
    for statement in ir.statements(body.statements) if body is not None else ():
        if statement[0] == "return" and statement[1] is not None:
            found = entity_of(project, function.key, statement[1], statement[2])
            if found is not None:
                name = found.cls.rpartition(":")[2]
                step = Step(Place("Body", function.key, statement[2]), f"returns {name}")
                return (
                    f"returns {'a row' if found.form == ONE else 'rows'} of the table class {name} without a model",
                    (step,),
                )
    return None
