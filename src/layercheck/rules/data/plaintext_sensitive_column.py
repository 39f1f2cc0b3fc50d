"""Encrypt what must not be read from a dump.

A column of access tokens, card numbers or national ids is as good as the accounts behind it to whoever gets hold of a backup, a replica
or one SQL injection. Passwords are not even to be decrypted.

How to fix: a type that encrypts on the way in (`StringEncryptedType` of sqlalchemy-utils, a `TypeDecorator` of your own); for a password,
store a hash, in a column that says so: `password_hash`.

A column called `password` is reported even where the code puts a hash into it: the next one who writes to it has to know. Looked at are
plain string columns by name, also with a word in front (`stripe_api_key`). Types of the project's own and of libraries are
taken to encrypt; `hashed_*`, `encrypted_*`, `masked_*`, `*_hash`, `*_digest` say that they hold something else.

```python bad app/models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    access_token: Mapped[str] = mapped_column(String(200))
```
```python good app/models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.knowledge.orm import STRING_TYPES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.items import ColumnOwner
from layercheck.queries.tables_declared import own_columns, tables_with
from layercheck.queries.tables_rows import Column
from layercheck.queries.tables_views import is_made_elsewhere

RULE = Rule(
    code="LC623",
    name="plaintext-sensitive-column",
    message="{column} of {table} is stored as plain text: give it a type that encrypts",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("DATA-14", "AUTH-3"),
    since="0.1",
)
_PASSWORD = "nothing says that {column} of {table} holds a hash: store one, in a column called password_hash"
_SECRET = pattern(
    r"(?:^|_)(?:ssn|national_id|card_number|iban|access_token|refresh_token|api_key|apikey|password|passwd)$"
)
_OTHER = pattern(r"(?:^|_)(?:hashed|encrypted|enc|masked|redacted|tokenized|last4|type|has|is)_")


def check(owner: ColumnOwner, project: Project) -> Iterator[Fault]:
    """The sensitive columns that a class (table or mixin) or a Table object declares."""
    columns = [c for c in own_columns(project, owner.key) if _is_plain(c)]
    tables = [t for t in tables_with(project, owner.key) if not is_made_elsewhere(project, t.key)] if columns else []
    for column in columns if tables else ():
        fields = {"column": column.attribute, "table": tables[0].name or "the table"}
        hashed = column.name.lower().endswith(("password", "passwd"))
        yield Fault(column.place, fields, message=_PASSWORD if hashed else "")


def _is_plain(column: Column) -> bool:
    name = column.name.lower()
    if ":" in (column.type_symbol or "") or column.type_name not in STRING_TYPES or column.foreign_keys:
        return False
    return _SECRET.search(name) is not None and _OTHER.search(name) is None
