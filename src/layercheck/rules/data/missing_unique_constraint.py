"""Make natural keys unique.

Code that looks a user up by e-mail believes that there is one. Checking first and inserting afterwards does not make it so: two
requests at the same time both find nothing, and both insert. From then on every lookup returns one of two rows, or raises.

How to fix: `unique=True`, or a `UniqueConstraint` with the columns that make it unique together (`organization_id`, `slug`); where
deleted rows stay in the table, a partial unique index.

Natural keys are the e-mail address and user name of a user or account table (or one that keeps a password hash), `slug` and `sku`
anywhere, and the phone number of a user table that has neither e-mail nor user name (elsewhere it is a way to call somebody). A slug
that says it may be NULL describes, it does not identify. Tables that log, snapshot or invite are left alone, and so are views.

```python bad app/models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
```
```python good app/models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import ColumnOwner
from layercheck.queries.tables_declared import own_columns, tables_with
from layercheck.queries.tables_keys import unique_sets
from layercheck.queries.tables_kinds import keeps_records, names_of, words_of
from layercheck.queries.tables_rows import Column, Table
from layercheck.queries.tables_views import is_made_elsewhere

RULE = Rule(
    code="LC610",
    name="missing-unique-constraint",
    message="nothing keeps {column} of {table} unique: add unique=True, or a UniqueConstraint with the columns that scope it",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-2",),
    since="0.1",
)
_ANYWHERE = frozenset({"slug", "sku"})
_OF_USERS = frozenset({"email", "email_address", "username", "user_name"})
_PHONES = frozenset({"phone", "phone_number"})
_PREFIXES = frozenset(
    {"user", "account", "admin", "auth", "app", "sys", "system", "base", "tbl", "tb", "t", "customer", "member", "my"}
)
"""What may stand before "account": a mail account or a payout account is no user."""
_HASHES = frozenset({"hashed_password", "password_hash", "hashed_pw", "pwd_hash", "pw_hash", "passwd_hash"})
"""Where the hash of a password is kept, somebody logs in."""
_PASSING = frozenset({"invite", "invitation", "request", "signup", "waitlist", "subscriber", "translation"})
"""Words of tables in which the same address or slug may well stand twice."""


def check(owner: ColumnOwner, project: Project) -> Iterator[Fault]:
    """The natural keys that a class (table or mixin) or a Table object declares."""
    columns = [c for c in own_columns(project, owner.key) if c.name.lower() in _ANYWHERE | _OF_USERS | _PHONES]
    tables = [t for t in tables_with(project, owner.key) if t.complete] if columns else []
    for column in columns:
        table = next((t for t in tables if _may_repeat(project, t, column)), None)
        if table is not None:
            yield Fault(column.place, {"column": column.attribute, "table": table.name})


def _shares_default(column: Column) -> bool:
    """Whether rows without a value of their own all get the same one, as `server_default="''"` does: such a column identifies nothing."""
    return column.server_default is not None or (column.default or "").startswith(("'", '"'))


def _may_repeat(project: Project, table: Table, column: Column) -> bool:
    """Whether a column is a natural key of a table, and nothing makes it unique."""
    if not _is_key(table, column) or keeps_records(table) or names_of(table) & _PASSING:
        return False
    if (
        _shares_default(column)
        or column.unique is not False
        or column.primary_key is not False
        or is_made_elsewhere(project, table.key)
    ):
        return False
    return not any(column.name in columns or None in columns for columns in unique_sets(project, table))


def _is_key(table: Table, column: Column) -> bool:
    name = column.name.lower()
    if name in _ANYWHERE:
        return not (column.nullable and column.nullable_stated)
    named = (table.name or "", table.key.rpartition(":")[2].rpartition(".")[2])  # class User, table "shopusers"
    if not any(_holds_users(words_of(n)) for n in named) and not any(c.name.lower() in _HASHES for c in table.columns):
        return False
    return name in _OF_USERS or not any(c.name.lower() in _OF_USERS for c in table.columns)


def _holds_users(words: tuple[str, ...]) -> bool:
    """Whether a table of this name holds the people who log in: users, auth_user, accounts."""
    last = words[-1] if words else ""
    return last in ("user", "admin") or (last == "account" and set(words) <= _PREFIXES)
