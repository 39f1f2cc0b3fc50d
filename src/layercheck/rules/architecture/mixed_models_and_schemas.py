"""Keep tables and API schemas in modules of their own.

A table changes when the database does, a schema when the clients do. In one module they are easily taken for each other: a table ends up as
a response, a column is renamed for the API's sake, and whoever wants a schema imports SQLAlchemy with it.

How to fix: move the schemas (the classes named in requests and responses) into `schemas.py` beside the models.

A class that a column of the module holds (`Mapped[list[Line]]`, as JSON) is part of the table, also where clients see it.

Where most modules with tables hold schemas too, that is the project's layout: it is reported once, at the first of them.

```python bad app/models/user.py
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)


class UserCreate(BaseModel):
    name: str
```
```python good app/models/user.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
```
```python good app/schemas/user.py
from pydantic import BaseModel


class UserCreate(BaseModel):
    name: str
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Class, Function, Module
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_application, is_script
from layercheck.queries.handlers import handlers_in, registrations
from layercheck.queries.models import is_schema, tables_in
from layercheck.queries.schemas import classes_in, nested_schemas

RULE = Rule(
    code="LC109",
    name="mixed-models-and-schemas",
    message="{path} defines the table{s} {tables} and the API schema{ss} {schemas}{layout}: move the schemas into a module of their own",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ORG-2",),
    since="0.1",
)
_API_NAME = pattern(
    r"(?:Create|Created|Read|Update|Updated|Patch|Public|Response|Request|In|Out|Input|Output|Pagination|Dto|DTO|Schema)"
    r"(?:Base|Me|List|Model|Minimal|Simple|Full|Detail|Details)?$|^(?:Create|Read|Update|Patch)(?=[A-Z])"
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """A module with tables and API schemas; where most are, only the first of the project."""
    schemas = _mixed(project, module.path)
    if not schemas:
        return
    mixed, total = layout(project)
    layout_text = ""
    if len(mixed) * 2 > total:
        if module.path != mixed[0]:
            return
        layout_text = f", as {len(mixed)} of the {total} modules with tables do" if len(mixed) > 1 else ""
    tables = tables_in(project, module.path)
    few = tables if len(tables) < len(schemas) else schemas
    first = project.get(Class, few[0])
    if first is not None:
        yield Fault(
            first.place(),
            {
                "path": module.path.rpartition("/")[2],
                "tables": _names(tables),
                "s": "s" if len(tables) > 1 else "",
                "schemas": _names(schemas),
                "ss": "s" if len(schemas) > 1 else "",
                "layout": layout_text,
            },
        )


def _names(keys: tuple[str, ...]) -> str:
    names = [key.rpartition(":")[2] for key in keys[:3]]
    return ", ".join(names) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")


@query
def layout(project: Project) -> tuple[tuple[str, ...], int]:
    """The modules that mix, in path order, and how many modules define tables."""
    holding = sorted(
        path
        for path in project.files()
        if path.endswith(".py") and is_application(project, path) and tables_in(project, path)
    )
    return tuple(path for path in holding if _mixed(project, path)), len(holding)


@query
def _mixed(project: Project, path: str) -> tuple[str, ...]:
    """The API schemas of a module that defines tables too."""
    tables = tables_in(project, path)
    if not tables or is_script(project, path):
        return ()
    stored: frozenset[str] | None = None
    found = []
    for cls in project.of_file(Class, path):
        if not cls.parent and is_schema(project, cls.key) and _faces_clients(project, cls):
            stored = _stored(project, tables) if stored is None else stored
            if cls.key not in stored:
                found.append(cls.key)
    return tuple(found)


def _stored(project: Project, tables: tuple[str, ...]) -> frozenset[str]:
    """The classes that columns are annotated with: `Mapped[list[Line]]` keeps lines in the row, so their class belongs to the table."""
    rows = [row for table in tables if (row := project.get(Class, table)) is not None]
    return frozenset(cls for row in rows for f in row.fields for cls in classes_in(project, row.key, f.annotation))


def _faces_clients(project: Project, cls: Class) -> bool:
    """Whether a schema is called like a request or response, or is one: a shared base or the type of a JSON column is neither."""
    return bool(_API_NAME.search(cls.name)) or cls.key in spoken_schemas(project)


@query
def spoken_schemas(project: Project) -> frozenset[str]:
    """The schemas that handlers take or answer with, and those inside them."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py") and is_application(project, path):
            found |= _spoken_in(project, path)
    return frozenset(found)


@query
def _spoken_in(project: Project, path: str) -> frozenset[str]:
    named: list[str] = []
    for key in handlers_in(project, path):
        function = project.get(Function, key)
        if function is None:
            continue
        for annotation in (function.returns, *(p.annotation for p in function.params)):
            named.extend(classes_in(project, key, annotation))
        for registration in registrations(project, key):
            for name, value in registration.call[3]:
                if name == "response_model":
                    named.extend(classes_in(project, registration.scope, value))
    direct = tuple(dict.fromkeys(cls for cls in named if is_schema(project, cls)))
    return frozenset(cls for cls in nested_schemas(project, direct) if is_schema(project, cls))
