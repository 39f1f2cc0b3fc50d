"""Bind values, do not paste them into SQL.

A value that is pasted into SQL text is executed as SQL: whoever controls it reads and deletes what he likes. It also defeats the
database's plan cache, and breaks at the first apostrophe.

How to fix: a bound parameter, `text("... where name = :name")` with `{"name": name}`; for names of tables and columns, look the name
up in a dictionary of allowed ones. Numbers, constants, enums, settings, class and module attributes, placeholder lists
(`",".join("?" * n)`), values that the function compares with a list, and quoted identifiers are not reported. The text is followed
through local variables and through helpers of the project; a finding needs a value that comes in as a parameter, since of others too
little is known, and no finding is made of a parameter to which all calls in the project hand texts that the source spells out. Statements
that define things (CREATE, ALTER, DROP, ...) cannot take parameters and are left alone, as are scripts.

```python bad app/repositories/books.py
from sqlalchemy import text
from sqlalchemy.orm import Session


def by_title(session: Session, title: str):
    return session.execute(text(f"select id from books where title = '{title}'")).all()
```
```python good app/repositories/books.py
from sqlalchemy import text
from sqlalchemy.orm import Session


def by_title(session: Session, title: str):
    return session.execute(text("select id from books where title = :title"), {"title": title}).all()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callers import gets_constants
from layercheck.queries.file_kinds import is_script
from layercheck.queries.items import CallSite
from layercheck.queries.sql_text import SQL_CALLS, Pasted, leading_text, sql_argument

RULE = Rule(
    code="LC606",
    name="sql-interpolation",
    message="{name} is pasted into the SQL text of {call}(): bind it as a parameter (:name), or look it up among allowed names",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("DATA-13", "SEC-2"),
    since="0.1",
)
TRIGGERS = SQL_CALLS
_DEFINITIONS = (
    "CREATE",
    "ALTER",
    "DROP",
    "SET ",
    "GRANT",
    "REVOKE",
    "COMMENT",
    "TRUNCATE",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "REFRESH",
    "PRAGMA",
)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each call that takes SQL text into which a value is pasted; `execute(text(...))` is reported at `text`."""
    argument = sql_argument(project, item.site)
    if argument is None:
        return
    if argument.__class__ is tuple and argument[0] == "call" and argument[1].__class__ is str:
        if argument[1].rpartition(".")[2] in ("text", "literal_column", "DDL"):
            return
    if leading_text(argument).upper().startswith(_DEFINITIONS) or is_script(project, item.body.path):
        return
    found = Pasted(project, item.body.key).value(argument, item.site.at)
    if found is not None and not gets_constants(project, item.body.key, found):
        yield Fault(item.place, {"name": found, "call": item.name})
