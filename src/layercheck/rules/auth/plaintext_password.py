"""Hash passwords before they are stored or compared.

Whoever gets a copy of the table (a backup, an injection, an insider) has everybody's password, here and wherever else people use
it. Comparing in clear means that they were stored in clear.

Reported is a password that surely is as the client sent it, when it is put into a plain text column of a table of people (users,
accounts, customers, ...), by its name or with all fields of a payload (`**payload.model_dump()`, a loop of `setattr`), or
compared with one. A value that passes any call on the way, a model with a validator, property, event or column type that may hash
it, passwords of machines (mail servers, integrations) and two fields of a request compared with each other are left alone.

How to fix: hash with argon2 or bcrypt (pwdlib, passlib, argon2-cffi) when storing; verify with the same library.

```python bad app/users.py
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.db import get_db


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]


class Registration(BaseModel):
    password: str


router = APIRouter()


@router.post("/users")
def register(payload: Registration, db: Session = Depends(get_db)):
    db.add(User(password=payload.password))
    db.commit()
```
```python good app/users.py
from fastapi import APIRouter, Depends
from pwdlib import PasswordHash
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.db import get_db

hasher = PasswordHash.recommended()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]


class Registration(BaseModel):
    password: str


router = APIRouter()


@router.post("/users")
def register(payload: Registration, db: Session = Depends(get_db)):
    db.add(User(password=hasher.hash(payload.password)))
    db.commit()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.models import is_table
from layercheck.queries.occasions import is_password_name
from layercheck.queries.passwords import (
    changed_by_schema,
    dumped_schema,
    in_clear,
    password_columns,
    says_hash,
)
from layercheck.queries.row_types import row_table, table_named
from layercheck.queries.schemas import schema_fields
from layercheck.queries.types import Typing
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC504",
    name="plaintext-password",
    message="{what} in clear: {remedy} with argon2 or bcrypt",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("AUTH-3",),
    since="0.1",
)
_STORED = "hash it first"
_COMPARED = "store a hash and verify"


@only_with("**", "setattr", like=is_password_name)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each place of a body that stores or compares a password in clear."""
    if project.get(Function, body.key) is None:
        return
    for statement in ir.statements(body.statements):
        at = statement[-1]
        if statement[0] == "assign":
            for target in statement[1]:
                name = dotted(target)
                if name is not None and _stored_in(project, body.key, name, statement[2], at):
                    yield Fault(body.place(at), {"what": f"{name} stores the password", "remedy": _STORED})
        elif statement[0] == "for":
            yield from _copied(project, body, statement)
        for e in ir.own_expressions(statement):
            for node in ir.walk(e):
                if ir.is_a(node, "call"):
                    yield from _constructed(project, body, node)
                elif ir.is_a(node, "cmp"):
                    yield from _compared(project, body, node)


def _stored_in(project: Project, key: str, name: str, value: Expr, at: int) -> bool:
    owner, _, attribute = name.rpartition(".")
    if not owner or not is_password_name(attribute):
        return False
    table = row_table(project, key, owner, at)
    return table is not None and attribute in password_columns(project, table) and in_clear(project, key, value, at)


def _constructed(project: Project, body: Body, call: Expr) -> Iterator[Fault]:
    """`User(password=payload.password)`, `update(User).values(password=...)`, `User(**payload.model_dump())`."""
    if not call[3]:
        return
    table = _made_table(project, body.key, call)
    columns = password_columns(project, table) if table is not None else frozenset()
    for name, value in call[3] if columns else ():
        if name in columns and in_clear(project, body.key, value, call[4]):
            yield Fault(body.place(call[4]), {"what": f"{_text(table)}.{name} stores the password", "remedy": _STORED})
        elif name is None:
            field = _dumped_password(project, body, value, columns, call[4], frozenset(k for k, _ in call[3]))
            if field is not None:
                yield Fault(
                    body.place(call[4]), {"what": f"{_text(table)}.{field} stores the password", "remedy": _STORED}
                )


def _made_table(project: Project, key: str, call: Expr) -> str | None:
    """The table that a call makes a row of, or whose rows its `values(...)` or `filter_by(...)` sets."""
    if ir.is_a(call[1], "attr"):
        if call[1][2] != "values":
            return None
        for node in ir.calls(call[1][1]):
            if ir.last_name(node[1]) in ("insert", "update") and node[2]:
                return table_named(project, key, node[2][0])
        return None
    if call[1] == "cls":
        kind = Typing(project, key).type(call, call[4])
        return (
            kind[1]
            if kind is not None and kind[0] == "inst" and ":" in kind[1] and is_table(project, kind[1])
            else None
        )
    return table_named(project, key, call[1])


def _dumped_password(
    project: Project,
    body: Body,
    value: Expr,
    columns: frozenset[str],
    at: int,
    given: frozenset[str | None] = frozenset(),
) -> str | None:
    """The password field that `**payload.model_dump()` puts into the row, where nothing replaces it."""
    schema = dumped_schema(project, body.key, value, at)
    if schema is None or any(says_hash(c[1]) for c, *_ in body.raw_calls):
        return None
    replaced = {raw[0].rpartition(".")[2] for raw in body.raw_binds if "." in raw[0]}
    for field in schema_fields(project, schema):
        if (
            field.name in columns
            and field.name not in given | replaced
            and not changed_by_schema(project, schema, field.name)
        ):
            return field.name
    return None


def _copied(project: Project, body: Body, loop: ir.Stmt) -> Iterator[Fault]:
    """`for name, value in payload.model_dump().items(): setattr(user, name, value)`, where the loop does nothing else."""
    match loop:
        case (
            _,
            ("tuple", (name, value)),
            ("call", items, (), (), _),
            (("expr", ("call", "setattr", (str(row), given, stored), (), at), _),),
            *_,
        ) if (given, stored) == (name, value) and ir.last_name(items) == "items":
            source: Expr = items.rpartition(".")[0] if items.__class__ is str else items[1]
            table = row_table(project, body.key, row, at)
            columns = password_columns(project, table) if table is not None else frozenset()
            field = _dumped_password(project, body, source, columns, at) if columns else None
            if field is not None:
                yield Fault(body.place(at), {"what": f"{row}.{field} stores the password", "remedy": _STORED})


def _compared(project: Project, body: Body, comparison: Expr) -> Iterator[Fault]:
    """`user.password == form.password`, `where(User.password == password)`."""
    _, left, rest, at = comparison
    if len(rest) != 1 or rest[0][0] not in ("==", "!="):
        return
    for column, other in ((left, rest[0][1]), (rest[0][1], left)):
        name = dotted(column)
        owner, _, attribute = name.rpartition(".") if name is not None else ("", "", "")
        if not owner or not is_password_name(attribute):
            continue
        table = table_named(project, body.key, owner) or row_table(project, body.key, owner, at)
        if (
            table is not None
            and attribute in password_columns(project, table)
            and in_clear(project, body.key, other, at)
        ):
            yield Fault(body.place(at), {"what": f"{name} is compared with the password", "remedy": _COMPARED})
            return


def _text(table: str | None) -> str:
    return (table or "").rpartition(":")[2].rpartition(".")[2]
