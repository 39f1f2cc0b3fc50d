"""Do not let callers set their own privileges.

`User(**payload.model_dump())` stores whatever the schema accepts. When the schema accepts `is_admin`, everybody who can call the route
is an administrator with one extra line of JSON. The same goes for the balance of an account, and for the owner of a record.

How to fix: take the field out of the schema of ordinary routes; an administrator's route gets a schema of its own. The owner is the
authenticated user, not what the body says.

Reported where the whole payload is written to a table that has the field: by `**`, a setattr loop, `model_validate`, `.values()`, a
generic repository, also through functions that the payload is handed to. Silent where the field is excluded or set over on the way,
where code on the way names it, where a dependency, decorator or check asks for a role, permission or owner, and where a dependency
cannot be resolved. `role` and the like count in tables of users and members, `user_id` and `owner_id` on routes with a login and
not in tables that connect users with something.

```python bad app/routes.py
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.database import get_session

router = APIRouter()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_admin: Mapped[bool]


class UserCreate(BaseModel):
    name: str
    is_admin: bool = False


@router.post("/users", status_code=201)
def register(payload: UserCreate, session: Session = Depends(get_session)) -> None:
    session.add(User(**payload.model_dump()))
```
```python bad app/database.py
def get_session(): ...
```
```python good app/routes.py
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.database import get_session

router = APIRouter()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_admin: Mapped[bool]


class UserCreate(BaseModel):
    name: str


@router.post("/users", status_code=201)
def register(payload: UserCreate, session: Session = Depends(get_session)) -> None:
    session.add(User(**payload.model_dump(), is_admin=False))
```
```python good app/database.py
def get_session(): ...
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.auth import YES
from layercheck.queries.models import is_schema
from layercheck.queries.parameters import function_parameters
from layercheck.queries.payloads import Written, written
from layercheck.queries.privileges import demands_privilege
from layercheck.queries.protection import route_protection
from layercheck.queries.routes import Route, route_table
from layercheck.queries.schemas import SchemaField, classes_in, schema_fields
from layercheck.queries.tables import table_of, tables_by_class
from layercheck.queries.tables_kinds import names_of
from layercheck.queries.tables_rows import Table
from layercheck.tuples import NamedTuple

RULE = Rule(
    code="LC421",
    name="privileged-field-in-request",
    message="{field} of {schema} can be set by {who} of {method} {path}, which writes it to {table}: take it out of the schema",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("SEC-1", "AUTH-2"),
    since="0.1",
)
_POWERS = frozenset(
    {
        "is_admin",
        "is_superuser",
        "is_super_user",
        "is_superadmin",
        "is_super_admin",
        "is_company_admin",
        "is_org_admin",
        "is_platform_admin",
        "is_tenant_admin",
        "is_staff",
        "is_verified",
        "email_verified",
        "is_moderator",
        "is_root",
    }
)
_ROLES = frozenset({"role", "roles", "role_id", "permissions", "user_role", "user_type"})
_MONEY = frozenset({"balance", "account_balance", "wallet_balance", "credit_balance"})
_OWNERS = frozenset({"owner_id", "user_id"})
_PEOPLE = frozenset({"user", "account", "customer", "employee", "person", "profile", "admin"})
_BETWEEN = frozenset({
    "member", "membership", "invite", "invitation", "assignment", "participant", "share", "follow", "follower", "permission", "role",
    "attendee", "subscriber", "enrollment", "enrolment", "collaborator", "friend",
})  # fmt: skip
"""Tables that put users into something: the user is what they are about."""


class Exposed(NamedTuple):
    """A field that callers may set."""

    field: str
    place: Place
    table: str
    route: Route
    login: bool
    steps: tuple[Step, ...]


def check(cls: Class, project: Project) -> Iterator[Fault]:
    """The privileged fields that a request schema declares."""
    for found in _exposed(project).get(cls.key, ()):
        fields = {
            "field": found.field, "schema": cls.name, "table": found.table, "method": found.route.method, "path": found.route.path,
            "who": "every caller" if not found.login else "any user",
        }  # fmt: skip
        yield Fault(
            found.place, fields, (Step(found.route.place, f"{found.route.method} {found.route.path}"), *found.steps)
        )


@query
def _exposed(project: Project) -> dict[str, tuple[Exposed, ...]]:
    """class -> the fields it declares that some route lets its callers set; one entry a field."""
    out: dict[str, dict[str, Exposed]] = {}
    for route in route_table(project):
        if route.method not in ("POST", "PUT", "PATCH") or route.handler is None:
            continue
        for schema, parameter in _bodies(project, route.handler):
            fields = [f for f in schema_fields(project, schema) if f.name in _POWERS | _ROLES | _MONEY | _OWNERS]
            if not fields or demands_privilege(project, route):
                continue
            login = route_protection(project, route).state == YES
            for made in written(project, route.handler, parameter):
                for field in fields:
                    table = _table(project, made, field, schema)
                    if table is not None and _is_privilege(field.name, table, login) and _is_free(project, made, field):
                        entry = Exposed(field.name, field.place, table.name or "", route, login, made.steps)
                        out.setdefault(field.owner, {}).setdefault(field.name, entry)
    return {owner: tuple(found.values()) for owner, found in out.items()}


def _bodies(project: Project, handler: str) -> Iterator[tuple[str, str]]:
    """(schema, parameter) of the bodies of a handler."""
    for parameter in function_parameters(project, handler):
        if parameter.source in ("body", "form"):
            for cls in classes_in(project, handler, parameter.annotation):
                if is_schema(project, cls):
                    yield cls, parameter.name


def _table(project: Project, made: Written, field: SchemaField, schema: str) -> Table | None:
    """The table that is written, when it has the field. An unknown one is told by the name of the schema: UserCreate is of User."""
    if made.table is not None:
        table = table_of(project, made.table)
        return table if table is not None and table.attribute(field.name) is not None else None
    name = schema.rpartition(":")[2].rpartition(".")[2]
    known = tables_by_class(project)
    for end in range(len(name), 0, -1):
        for table in known.get(name[:end], ()):
            if table.attribute(field.name) is not None:
                return table
    return None


def _is_privilege(name: str, table: Table, login: bool) -> bool:
    words = names_of(table)
    if name in _OWNERS:
        return login and not words & _BETWEEN and len(table.primary_key) == 1
    if name in _ROLES:
        return bool(words & (_PEOPLE | {"member", "membership"})) and not words & {"message", "chat", "permission"}
    return True


def _is_free(project: Project, made: Written, field: SchemaField) -> bool:
    """Whether nothing on the way takes the field out, sets it, or looks at it; and the schema itself does not keep it in."""
    if field.name in made.left_out or _is_fixed(field):
        return False
    return not any(_names(project, key, field.name) for key in made.functions)


def _is_fixed(field: SchemaField) -> bool:
    """`Field(exclude=True)`, `Field(frozen=True)` with a default, a Literal."""
    if any(ir.last_name(e) == "Literal" for e in ir.walk(field.annotation) if e is not None):
        return True
    call = field.value
    return call is not None and ir.is_a(call, "call") and any(k in ("exclude", "init") for k, _ in call[3])


def _names(project: Project, key: str, name: str) -> bool:
    """Whether the code of a function mentions a name: as an attribute, a key or a keyword."""
    body = project.get(Body, key)
    for e in ir.expressions(body.statements) if body is not None else ():
        if ir.is_a(e, "ref") and name in e[1].split(".")[1:]:
            return True
        if ir.text_of(e) == name or (ir.is_a(e, "attr") and e[2] == name):
            return True
        if ir.is_a(e, "call") and any(k == name for k, _ in e[3]):
            return True
    return False
