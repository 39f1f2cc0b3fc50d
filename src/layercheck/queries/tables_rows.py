"""What is known of a database table, as plain values: the rows that the table queries answer with."""

from __future__ import annotations

from layercheck.model import Place
from layercheck.tuples import NamedTuple


class Column(NamedTuple):
    """One column. `None` in a flag is "cannot be told"."""

    name: str
    attribute: str
    """The name in the class; the column's own name for Table objects."""
    type: str | None
    """The SQLAlchemy type as text: "String(255)", "DateTime(timezone=True)"; None when it cannot be told (a foreign key column
    without a type takes the type of its target)."""
    type_symbol: str | None
    """The class of the type: "sqlalchemy.String", "sqlalchemy.dialects.postgresql.JSONB", "app/types.py:EncryptedString"."""
    nullable: bool | None
    nullable_stated: bool
    """Whether the code says so: nullable=, primary_key=, or an annotation that decides it."""
    primary_key: bool | None
    unique: bool | None
    indexed: bool | None
    foreign_keys: tuple[str, ...]
    """Targets as "table.column" (with a schema in front when there is one); "?" for one that cannot be told."""
    default: str | None
    server_default: str | None
    onupdate: str | None
    computed: bool
    """Computed or Identity: the database makes the value."""
    style: str
    """"column" (classic Column), "mapped" (mapped_column or a bare Mapped annotation), "sqlmodel", "sa_column"."""
    owner: str
    """Key of the class that declares it (a mixin or base, perhaps), or of the Table object."""
    place: Place

    @property
    def type_name(self) -> str:
        """The type without its arguments, "" when unknown."""
        return (self.type or "").partition("(")[0]


class Index(NamedTuple):
    """An index; `columns` holds column names, None for an expression."""

    name: str | None
    columns: tuple[str | None, ...]
    unique: bool | None
    partial: bool
    """Whether it has a WHERE clause (postgresql_where, sqlite_where, ...)."""
    implied: bool
    """From `index=True` on a column."""
    place: Place


class Unique(NamedTuple):
    """A unique constraint."""

    name: str | None
    columns: tuple[str | None, ...]
    implied: bool
    """From `unique=True` on a column."""
    place: Place


class Check(NamedTuple):
    """A check constraint: its text as written, "" when it cannot be told."""

    name: str | None
    text: str
    place: Place


class ForeignKey(NamedTuple):
    """A foreign key: of one column, or composite. Targets as in `Column.foreign_keys`."""

    name: str | None
    columns: tuple[str | None, ...]
    targets: tuple[str, ...]
    ondelete: str | None
    onupdate: str | None
    place: Place


class Relationship(NamedTuple):
    """A relationship attribute of a mapped class."""

    attribute: str
    target: str | None
    """Key of the target class, None when it cannot be told."""
    target_name: str
    """The target as written."""
    lazy: str | None
    """"select", "selectin", "joined", "subquery", "immediate", "raise", "raise_on_sql", "noload", "dynamic", "write_only"."""
    uselist: bool | None
    back_populates: str | None
    backref: str | None
    secondary: str | None
    """Name of the association table, "?" when there is one that cannot be told."""
    viewonly: bool
    cascade: str | None
    remote_side: str | None
    """The columns listed: "id, Other.id"; those of the class itself stand without a class."""
    foreign_keys: str | None
    """As `remote_side`."""
    implied: bool
    """Made by a `backref=` on the other side."""
    owner: str
    """Key of the class that declares it."""
    place: Place
    passive_deletes: bool | None = False
    """Whether deleting a row leaves the related ones to the database: True or "all"; None when it cannot be told."""


class Table(NamedTuple):
    """A table as the models declare it."""

    key: str
    """The class mapped to it, or "path:name" for a Table object that no class is mapped to."""
    name: str | None
    schema: str | None
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    unique_constraints: tuple[Unique, ...]
    check_constraints: tuple[Check, ...]
    foreign_keys: tuple[ForeignKey, ...]
    relationships: tuple[Relationship, ...]
    parent: str | None
    """The mapped class that this one inherits from."""
    shares: bool
    """Single-table inheritance: the table is the parent's; `columns` are the parent's and this class's."""
    style: str
    """"declarative", "sqlmodel", "imperative" (a class mapped to a Table object), "table" (a Table object alone)."""
    gaps: tuple[str, ...]
    """What could not be resolved: unknown bases, dynamic columns, ... Empty when everything is known."""
    place: Place
    metadata: str | None = None
    """The MetaData it belongs to, named by where that is made (queries.metadata); None when it cannot be told."""

    @property
    def complete(self) -> bool:
        """Whether nothing of the table is hidden: only then an absence means something."""
        return not self.gaps

    @property
    def full_name(self) -> str | None:
        """The name with its schema in front."""
        return f"{self.schema}.{self.name}" if self.schema and self.name else self.name

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The names of the primary key columns, in order."""
        return tuple(c.name for c in self.columns if c.primary_key)

    def column(self, name: str) -> Column | None:
        """The column of this name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    def attribute(self, name: str) -> Column | None:
        """The column behind this class attribute, or None."""
        return next((c for c in self.columns if c.attribute == name), None)
