"""Bound every query for whole rows.

`select(Book)` without a condition and without a limit loads the table: every row, every column, made into objects and kept in the
session. It is instant on the day it is written and takes the process down two years later.

How to fix: say which rows are wanted (`where`), how many (`limit`, a page), or ask for what is really needed (a count, one column); to
work through a whole table, stream it (`yield_per`).

What counts: `.all()`, `.fetchall()`, `list()`, `tuple()` and `sorted()` of a query for one table class whose whole building is
seen in the same function. A query that is only ordered or given options is unbounded; joins, groups, pages and anything else that may
narrow it are believed. Scripts are spared, and so are the classes that the option `small-tables` names: tables that are small by nature,
such as `["Country", "*Kind"]`.

```python bad app/repositories/books.py
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Book


def shelf(session: Session) -> list[Book]:
    return list(session.scalars(select(Book).order_by(Book.title)).all())
```
```python bad app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
```
```python good app/repositories/books.py
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Book


def shelf(session: Session, limit: int, offset: int) -> list[Book]:
    return list(session.scalars(select(Book).order_by(Book.title).limit(limit).offset(offset)).all())
```
```python good app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from layercheck import ir
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project
from layercheck.queries.file_kinds import is_script
from layercheck.queries.items import CallSite
from layercheck.queries.reads import read_of

RULE = Rule(
    code="LC603",
    name="unbounded-query",
    message="this query loads every {entity} there is: say which with where(), or how many with limit()",
    level=Level.WARNING,
    profile=Profile.STRICT,
    card=("DATA-6", "PERF-1"),
    since="0.1",
    options=(Option("small-tables", (), "classes (with * for any part) of tables that are small by nature"),),
)
TRIGGERS = frozenset({"all", "fetchall", "list", "sorted", "tuple"})
_UNBOUNDING = frozenset({
    "all", "autoflush", "enable_eagerloads", "execution_options", "fetchall", "options", "order_by", "params", "populate_existing",
    "scalars", "unique",
})  # fmt: skip
"""Methods after which a query still gives every row of its table."""


def check(site: CallSite, project: Project) -> Iterator[Fault]:
    """A call that fetches all rows of a table."""
    if site.name not in ("all", "fetchall") and _collects(site):
        return  # list(....all()): the inner call is the one
    found = read_of(project, site.body, site.call, site.site.context)
    if found is None or not found.methods <= _UNBOUNDING or is_script(project, site.body.path):
        return
    entity = found.cls.rpartition(":")[2].rpartition(".")[2]
    small = project.settings.option(RULE, "small-tables")
    if isinstance(small, tuple) and any(fnmatchcase(entity, pattern) for pattern in small):
        return
    yield Fault(site.place, {"entity": entity})


def _collects(site: CallSite) -> bool:
    """Whether a copy is made of what is a list already, or of a local name, where the fetching has its own finding."""
    for argument in site.call[2][:1]:
        call = argument[1] if ir.is_a(argument, "await") else argument
        return argument.__class__ is str or (ir.is_a(call, "call") and ir.last_name(call[1]) in TRIGGERS)
    return True
