"""Give what repeats a table of its own.

`phone1`, `phone2`, `phone3` hold three, until somebody has four; to find a number, three columns have to be searched, and no constraint
says that one number stands only once. A list in one text column, parted by commas, cannot be joined, indexed or checked at all.

How to fix: a child table with a foreign key (an ARRAY or JSON column where the values are of no interest to queries).

A group is three columns or more of one type, numbered without a gap. The lines of an address are no group. A list in a string is
known by the column's own `comment=`, `doc=`, `info=` or `description=`.

```python bad app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone1: Mapped[str]
    phone2: Mapped[str]
    phone3: Mapped[str]
```
```python good app/models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)


class Phone(Base):
    __tablename__ = "phones"

    number: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.knowledge.orm import STRING_TYPES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.items import ColumnOwner
from layercheck.queries.tables_declared import own_columns, tables_with
from layercheck.queries.tables_rows import Column
from layercheck.queries.tables_views import is_made_elsewhere

RULE = Rule(
    code="LC624",
    name="repeated-column-group",
    message="{what} of {table} {why}: give them a table of their own",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("DATA-4",),
    since="0.1",
)
_NUMBERED = pattern(r"^(.*?[a-z])_?(\d{1,2})(?:_([a-z_]+))?$")
_ADDRESS = pattern(r"address|street|(?:^|_)line|addr")
_FEWEST = 3
_LIST = pattern(r"(?i)\b(?:comma|semicolon|pipe|space|newline)[- ]?(?:separated|delimited|joined)|\bCSV list\b")


def check(owner: ColumnOwner, project: Project) -> Iterator[Fault]:
    """The groups and lists among the columns that a class or a Table object declares."""
    columns = own_columns(project, owner.key)
    groups = _groups(columns)
    lists = _lists(columns, project.get(Class, owner.key))
    if not groups and not lists:
        return
    table = next((t for t in tables_with(project, owner.key) if not is_made_elsewhere(project, t.key)), None)
    if table is None:
        return
    name = table.name or "the table"
    for group in groups:
        names = ", ".join(c.attribute for c in group)
        yield Fault(group[0].place, {"what": names, "table": name, "why": "are one thing several times"})
    for column in lists:
        yield Fault(
            column.place,
            {"what": f"the values in {column.attribute}", "table": name, "why": "are a list in one string"},
        )


def _groups(columns: tuple[Column, ...]) -> list[list[Column]]:
    """Columns whose names differ in a number only, counted on from 0 or 1, of one type."""
    found: dict[tuple[str, str, str], dict[int, Column]] = {}
    for column in columns:
        match = _NUMBERED.match(column.name.lower())
        if match is not None and not _ADDRESS.search(match[1]) and not column.primary_key:
            key = (match[1], match[3] or "", column.type_name)
            found.setdefault(key, {})[int(match[2])] = column
    out = []
    for members in found.values():
        numbers = sorted(members)
        if len(numbers) >= _FEWEST and numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[-1] + 1)):
            out.append([members[n] for n in numbers])
    return out


def _lists(columns: tuple[Column, ...], cls: Class | None) -> list[Column]:
    said = {f.name for f in cls.fields if f.value is not None and _says_list(f.value)} if cls is not None else set()
    return [c for c in columns if c.attribute in said and c.type_name in STRING_TYPES]


def _says_list(value: ir.Expr) -> bool:
    if not ir.is_a(value, "call"):
        return False
    texts = [v for name, v in value[3] if name in ("comment", "doc", "info", "description")]
    return any((text := ir.text_of(part)) is not None and _LIST.search(text) for t in texts for part in ir.walk(t))
