"""Say whether a column may be NULL.

`Column(String)` is NULLable, and nothing in the model says so. The first row without a value is found months later, by the code
that did not expect None; by then the constraint cannot be added without cleaning the data first.

How to fix: `nullable=False` where a value is required, `nullable=True` where its absence means something; or an annotation that says
it (`Mapped[str]`, `Mapped[str | None]`). A server default gives a value to rows that leave the column out; it does not keep NULL out.

A `mapped_column(String)` without annotation says as little as a `Column(String)` and is reported too. Views and Tables that only
describe another system's (no primary key in their whole MetaData) are left alone, and so is a class whose primary key is said in a way
that is not seen.

One finding a class (or Table), at its first such column, names them all.

```python bad app/models.py
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    email = Column(String(255), unique=True)
```
```python good app/models.py
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    email = Column(String(255), unique=True, nullable=False)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import ColumnOwner
from layercheck.queries.tables import table_of
from layercheck.queries.tables_declared import own_columns
from layercheck.queries.tables_rows import Column
from layercheck.queries.tables_views import is_made_elsewhere

RULE = Rule(
    code="LC609",
    name="implicit-nullability",
    message="{columns} of {owner} {verb} silently NULLable: say nullable=False, or nullable=True where a value may be missing",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-2",),
    since="0.1",
)
_SHOWN = 6


def check(owner: ColumnOwner, project: Project) -> Iterator[Fault]:
    """Each class and Table object with classic columns that leave their nullability to the default."""
    columns = [c for c in own_columns(project, owner.key) if _is_implicit(c)]
    if not columns or is_made_elsewhere(project, owner.key) or _hides_its_key(project, owner.key):
        return
    names = [c.attribute for c in columns]
    more = len(names) - _SHOWN
    text = ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    verb = "is" if len(names) == 1 else "are"
    yield Fault(
        columns[0].place, {"columns": text, "owner": owner.key.rpartition(":")[2].rpartition(".")[2], "verb": verb}
    )


def _hides_its_key(project: Project, key: str) -> bool:
    """A mapped class without any primary key in sight: SQLAlchemy takes none, so something here says more of its columns.

    `PrimaryKeyConstraint(id)` as a statement of the class body is such a thing.
    """
    table = table_of(project, key)
    return table is not None and table.style == "declarative" and table.complete and not table.primary_key


def _is_implicit(column: Column) -> bool:
    """Whether a column is NULLable because nobody said anything."""
    return (
        column.nullable is True and not column.nullable_stated and not column.computed and column.primary_key is False
    )
