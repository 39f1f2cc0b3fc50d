"""Declare what an id points to.

`author_id` without a foreign key may hold any number. Deleted authors leave books behind that no join finds, a wrong id is stored
without complaint, and the ORM cannot follow it. The database keeps such promises only when it is told of them.

How to fix: `mapped_column(ForeignKey("authors.id"))`, with the `ondelete` that you mean.

An id is taken for a reference when the project has a table or model of that name in the same MetaData, with one primary key column
of the same kind (integer, UUID, string). Logs, audit trails, histories and events are left alone: their rows are meant to outlive what
they speak of. So is an id with its own secret (`client_id` beside `client_secret`): somebody else handed it out; and a nullable id beside a
copied name (`model_id`, `model_name`), which is kept when the row is gone. Elsewhere say so in the column (`comment="soft reference"`),
or suppress the line with the reason.

```python bad app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(index=True)
```
```python good app/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"), index=True)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.domains import singular
from layercheck.queries.file_kinds import is_application
from layercheck.queries.items import ColumnOwner
from layercheck.queries.tables import all_tables, column_type
from layercheck.queries.tables_declared import own_columns, tables_with
from layercheck.queries.tables_kinds import keeps_records
from layercheck.queries.tables_rows import Column, Table
from layercheck.queries.tables_views import is_made_elsewhere

RULE = Rule(
    code="LC607",
    name="missing-foreign-key",
    message='{column} of {table} names rows of {target} without a foreign key: add ForeignKey("{target}.{key}")',
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-1",),
    since="0.1",
)
_KINDS = {
    "Integer": "integer", "BigInteger": "integer", "SmallInteger": "integer", "INTEGER": "integer", "BIGINT": "integer",
    "Uuid": "uuid", "UUID": "uuid", "GUID": "uuid", "UUIDType": "uuid",
    "String": "string", "VARCHAR": "string", "Text": "string", "AutoString": "string", "CHAR": "string", "Unicode": "string",
}  # fmt: skip
_FOREIGN = frozenset({"external", "request", "trace", "span", "correlation"})
"""Ids of these are handed out elsewhere, whatever the tables are called."""
_INNER_CAPITAL = pattern(r"(?<=[a-z0-9])([A-Z])")
_SOFT = pattern(
    r"(?i)\b(?:soft|logical|loose|weak|external|denormali[sz]ed|no (?:fk|foreign key)|without (?:fk|foreign key))\b"
)


def check(owner: ColumnOwner, project: Project) -> Iterator[Fault]:
    """The ids that a class (table or mixin) or a Table object declares."""
    columns = [c for c in own_columns(project, owner.key) if c.name.endswith("_id") and not c.foreign_keys]
    tables = [t for t in tables_with(project, owner.key) if t.complete] if columns else []
    for column in columns:
        for table in tables:
            target = _target(project, table, column)
            if target is not None and not _is_soft(project, column):
                fields = {
                    "column": column.attribute,
                    "table": table.name,
                    "target": target.full_name,
                    "key": target.primary_key[0],
                }
                yield Fault(column.place, fields, (Step(target.place, f"{target.full_name} is declared here"),))
                break


def _target(project: Project, table: Table, column: Column) -> Table | None:
    """The table that a column of a table certainly means; None when there is none, or the reference may be meant otherwise."""
    stem = column.name.removesuffix("_id").lower()
    if stem in _FOREIGN or keeps_records(table) or is_made_elsewhere(project, table.key):
        return None
    if table.primary_key == (column.name,) or table.column(f"{stem}_type") is not None:
        return None
    if table.column(f"{stem}_secret") is not None:
        return None  # credentials at somebody else's: client_id, client_secret
    if column.nullable and table.column(f"{stem}_name") is not None:
        return None  # a copy of what was there then, which outlives the row: model_id, model_name
    if any(column.name in key.columns for key in table.foreign_keys):
        return None
    kind = _kind(project, table, column)
    found = [
        t
        for t in _tables_called(project).get(stem, ())
        if t.metadata == table.metadata and is_application(project, t.key.partition(":")[0])
    ]
    if kind is None or len({t.full_name for t in found}) != 1 or any(t.name == table.name for t in found):
        return None
    target = found[0]
    key = target.column(target.primary_key[0]) if len(target.primary_key) == 1 else None
    return target if key is not None and _kind(project, target, key) == kind else None


def _kind(project: Project, table: Table, column: Column) -> str | None:
    text = column_type(project, table, column)
    return _KINDS.get(text.partition("(")[0]) if text is not None else None


@query
def _tables_called(project: Project) -> dict[str, tuple[Table, ...]]:
    """All tables by their names, the singular of these, and the names of their models (`order_line` for OrderLine)."""
    found: dict[str, list[Table]] = {}
    for table in all_tables(project):
        if not table.name:
            continue
        name = table.name.lower()
        names = {name, singular(name)}
        if table.style != "table":
            names.add(_INNER_CAPITAL.sub(r"_\1", table.key.rpartition(":")[2]).lower())
        for one in names:
            found.setdefault(one, []).append(table)
    return {name: tuple(tables) for name, tables in found.items()}


def _is_soft(project: Project, column: Column) -> bool:
    """Whether the column's comment, doc or info says that there is no foreign key on purpose."""
    row = project.get(Class, column.owner)
    for field in row.fields if row is not None else ():
        if field.name == column.attribute and field.value is not None and ir.is_a(field.value, "call"):
            return any(
                _says_so(value) for name, value in field.value[3] if name in ("comment", "doc", "info", "description")
            )
    return False


def _says_so(e: ir.Expr) -> bool:
    return any(_SOFT.search(text) for part in ir.walk(e) if (text := ir.text_of(part)) is not None)
