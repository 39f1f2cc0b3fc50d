"""Put the bounds of a column into the schema.

A price of -1, a rating of 900 or the status "shiped" is refused by the validation of today's endpoint. The import script, the admin
console and last year's code know nothing of it, and one such row is enough to break a report.

How to fix: `CheckConstraint("price >= 0")`; an `Enum` (`native_enum=False, create_constraint=True` where native ones are a nuisance) for
states, kinds and roles.

Looked at are numbers called price, amount, quantity, stock, age, percent or rating (`unit_price`, `price_cents`), and strings called
status, role (`payment_status`) or just type: a `mime_type` or `provider_type` has no fixed list, nor has the discriminator of a class
hierarchy. Columns of ledgers and transactions, and differences, may be negative. Types of the project's own are taken to check for themselves.

```python bad app/models.py
from sqlalchemy import Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[float] = mapped_column(Numeric(8, 2))
```
```python good app/models.py
from sqlalchemy import CheckConstraint, Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    __table_args__ = (CheckConstraint("price >= 0"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[float] = mapped_column(Numeric(8, 2))
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.knowledge.orm import STRING_TYPES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.items import ColumnOwner
from layercheck.queries.tables_declared import own_columns, tables_with
from layercheck.queries.tables_keys import migrated
from layercheck.queries.tables_kinds import keeps_records, names_of
from layercheck.queries.tables_rows import Column, Table
from layercheck.queries.tables_views import is_made_elsewhere

RULE = Rule(
    code="LC611",
    name="missing-check-constraint",
    message="nothing in the schema bounds {column} of {table}: add {remedy}",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("DATA-2", "SEC-1"),
    since="0.1",
)
_NUMBERS = frozenset({
    "Integer", "BigInteger", "SmallInteger", "INTEGER", "BIGINT", "SMALLINT", "Numeric", "NUMERIC", "DECIMAL", "Float", "FLOAT", "Double", "REAL",
})  # fmt: skip
_AMOUNTS = pattern(r"(?:^|_)(?:price|amount|quantity|qty|stock|age|percent|percentage|rating)(?:_cents|_pct)?$")
_STATES = pattern(r"(?:^|_)(?:status|role)$|^type$")
_OPEN = pattern(
    r"^(?:max|min|next)_|(?:^|_)max_age$|(?:^|_)(?:difference|diff|delta|variance|net|change|adjustment|correction)_"
)
_LENGTH = pattern(r"\((?:length=)?(\d+)")
_LONGEST_STATE = 128
_SIGNED = frozenset({"ledger", "transaction", "journal", "adjustment", "entry", "movement", "refund", "posting"})


def check(owner: ColumnOwner, project: Project) -> Iterator[Fault]:
    """The bounded columns that a class (table or mixin) or a Table object declares."""
    columns = [(c, remedy) for c in own_columns(project, owner.key) if (remedy := _remedy(c)) is not None]
    tables = (
        [t for t in tables_with(project, owner.key) if t.complete and not is_made_elsewhere(project, t.key)]
        if columns
        else []
    )
    for column, remedy in columns:
        table = next((t for t in tables if _is_unbounded(project, t, column)), None)
        if table is not None:
            yield Fault(column.place, {"column": column.attribute, "table": table.name, "remedy": remedy})


def _remedy(column: Column) -> str | None:
    """What would bound a column, None for one whose name and type do not ask for it."""
    name = column.name.lower()
    if column.foreign_keys or column.computed or column.primary_key or ":" in (column.type_symbol or ""):
        return None
    if (
        column.type_name in _NUMBERS
        and _AMOUNTS.search(name)
        and not _OPEN.search(name)
        and "unsigned" not in (column.type or "")
    ):
        return f'CheckConstraint("{column.name} >= 0")'
    length = _LENGTH.search(column.type or "")
    if length is not None and int(length[1]) > _LONGEST_STATE and column.type_name in STRING_TYPES:
        return None  # a text
    if column.type_name in STRING_TYPES and _STATES.search(name) and not _OPEN.search(name):
        return "an Enum or a CheckConstraint"
    return None


def _is_unbounded(project: Project, table: Table, column: Column) -> bool:
    name = column.name
    if column.type_name in _NUMBERS and (names_of(table) & _SIGNED or keeps_records(table)):
        return False
    if name == "type" and _tells_classes(project, table, column):
        return False
    checks = [*table.check_constraints, *(c for made in migrated(project, table) for c in made.check_constraints)]
    return not any(not c.text or re.search(rf"(?i)\b{re.escape(name)}\b", c.text) for c in checks)


def _tells_classes(project: Project, table: Table, column: Column) -> bool:
    """Whether a column is the discriminator of a class hierarchy (`polymorphic_on`)."""
    row = project.get(Class, table.key)
    for field in row.fields if row is not None else ():
        if field.name == "__mapper_args__" and field.value is not None:
            named = {ir.text_of(e) or ir.last_name(e) for e in ir.walk(field.value)}
            return "polymorphic_on" in named and bool(named & {column.name, column.attribute})
    return False
