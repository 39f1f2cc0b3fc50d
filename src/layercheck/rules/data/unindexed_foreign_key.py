"""Index the foreign keys.

PostgreSQL makes no index for a foreign key. Without one, every join and every `WHERE author_id = ...` reads the whole table, and so
does each DELETE of an author: the database must look for the books that still point to it.

How to fix: `index=True`, or an `Index` in `__table_args__` that begins with the column. An index, a unique constraint or a primary
key that has the column further back does not help.

Silent where MySQL or MariaDB is the only database (InnoDB makes the index by itself), and where a migration made the index.

```python bad app/models.py
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
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
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

from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.databases import dialects
from layercheck.queries.items import ColumnOwner
from layercheck.queries.tables_declared import own_columns, tables_with
from layercheck.queries.tables_keys import leading
from layercheck.queries.tables_rows import Column, ForeignKey, Table
from layercheck.queries.tables_views import is_made_elsewhere

RULE = Rule(
    code="LC608",
    name="unindexed-foreign-key",
    message="foreign key {column} of {table} leads no index: add index=True, or every join and parent DELETE scans the table",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-3",),
    since="0.1",
)


def check(owner: ColumnOwner, project: Project) -> Iterator[Fault]:
    """The foreign keys that a class (table or mixin) or a Table object declares."""
    columns = [c for c in own_columns(project, owner.key) if c.foreign_keys]
    if not columns or dialects(project) - {"sqlite"} == {"mysql"}:
        return
    tables = [t for t in tables_with(project, owner.key) if t.complete and not is_made_elsewhere(project, t.key)]
    for column in columns:
        table = next((t for t in tables if _is_slow(project, t, column.name)), None)
        if table is not None:
            yield Fault(column.place, {"column": column.attribute, "table": table.name})


def _is_slow(project: Project, table: Table, name: str) -> bool:
    """Whether no index helps to find the rows of a table by this foreign key column."""
    column = table.column(name)
    if column is None or not _is_plain(column):
        return False
    lists = leading(project, table)
    keys = [k for k in table.foreign_keys if name in k.columns]
    return not any(columns[0] == name for columns in lists) and not any(_is_covered(k, lists) for k in keys)


def _is_plain(column: Column) -> bool:
    """Whether it is known that the column has no index of its own."""
    return column.indexed is False and column.unique is False and column.primary_key is not None


def _is_covered(key: ForeignKey, lists: tuple[tuple[str | None, ...], ...]) -> bool:
    """Whether an index leads with some column of a composite foreign key, or it is another column's turn to say so."""
    return len(key.columns) > 1 and any(columns[0] in key.columns for columns in lists)
