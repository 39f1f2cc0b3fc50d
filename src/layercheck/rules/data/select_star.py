"""Name the columns that you need.

`select *` reads and sends every column, the large ones too, and its result changes shape with the next migration.

How to fix: write the columns. `count(*)`, `exists (select * ...)` and an outer `select *` over subqueries or CTEs that name their
columns are fine. The text is parsed as SQL; what is no SQL, or cannot be parsed, is left alone.

```python bad app/repositories/books.py
from sqlalchemy import text
from sqlalchemy.orm import Session


def books(session: Session):
    return session.execute(text("select * from books")).all()
```
```python good app/repositories/books.py
from sqlalchemy import text
from sqlalchemy.orm import Session


def books(session: Session):
    return session.execute(text("select id, title from books")).all()
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.constants import string_value
from layercheck.queries.items import CallSite
from layercheck.queries.sql_text import SQL_CALLS, sql_argument

RULE = Rule(
    code="LC604",
    name="select-star",
    message="{call}() selects * from {table}: name the columns that are needed",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("PERF-2",),
    since="0.1",
)
TRIGGERS = SQL_CALLS
_LOOKS_SO = pattern(r"\bselect\b[^;]*\*", re.IGNORECASE | re.DOTALL)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each call that is given SQL text with a star in a select list."""
    argument = sql_argument(project, item.site)
    text = string_value(project, item.body.key, argument) if argument is not None else None
    if text is None or not _LOOKS_SO.search(text):
        return
    table = starred(text)
    if table is not None:
        yield Fault(item.place, {"call": item.name, "table": table})


def starred(text: str) -> str | None:
    """The table that some select of a text takes all columns of; None when there is none or the text cannot be parsed."""
    try:
        import sqlglot
        from sqlglot import exp
    except ImportError:  # sqlglot is an optional dependency
        return None
    import logging  # sqlglot has imported it, others need not

    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        trees = sqlglot.parse(text)
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError):
        return None
    finally:
        logger.setLevel(level)
    for tree in trees:
        for select in tree.find_all(exp.Select) if tree is not None else ():
            if any(e.is_star for e in select.expressions) and not isinstance(select.parent, exp.Exists):
                table = _table(select, exp)
                if table is not None:
                    return table
    return None


def _table(select: Any, exp: Any) -> str | None:
    """The first real table among the sources of a select: CTEs and subqueries name their columns, or are reported themselves."""
    inner = {cte.alias_or_name for cte in select.root().find_all(exp.CTE)}
    sources = [select.args.get("from") or select.args.get("from_"), *(select.args.get("joins") or ())]
    for source in sources:
        table = source.this if source is not None else None
        if isinstance(table, exp.Table) and table.name and table.name not in inner:
            return str(table.name)
    return None
