"""What is known of Alembic migrations, as plain values."""

from __future__ import annotations

from layercheck.model import Place
from layercheck.queries.migration_questions import Question
from layercheck.queries.tables_rows import Check, Column, ForeignKey, Index, Table, Unique
from layercheck.tuples import NamedTuple


class Revision(NamedTuple):
    """One revision module."""

    path: str
    revision: str
    down: tuple[str, ...]
    """The revisions it follows; several for a merge, none for the first."""
    depends_on: tuple[str, ...]
    branch_labels: tuple[str, ...]
    readable: bool
    """Whether all of this stands there literally."""
    place: Place


class Environment(NamedTuple):
    """An Alembic environment: its script folder (where env.py is), and the revision files that it loads, sorted."""

    folder: str
    versions: tuple[str, ...]
    revisions: tuple[str, ...]


class Problem(NamedTuple):
    """A fault of the revision graph. kind: "broken" (follows a revision that does not exist), "duplicate", "cycle", "heads"
    (several), "unreadable"."""

    kind: str
    text: str
    place: Place


class Graph(NamedTuple):
    """The revisions of an environment in an order in which they can be applied."""

    order: tuple[Revision, ...]
    heads: tuple[str, ...]
    problems: tuple[Problem, ...]
    complete: bool
    """Whether every revision can be read and reached: only then the replay means something."""


class Operation(NamedTuple):
    """One change that a migration makes.

    kind: "create_table" "drop_table" "rename_table" "add_column" "drop_column" "alter_column" "create_index" "drop_index"
    "create_foreign_key" "create_unique" "create_check" "create_primary_key" "drop_constraint" "unknown" (something that cannot be
    followed: to `table`, to the tables named in `words`, or, without either, to any table) and "data" (rows, types, functions:
    the tables keep their shape).
    """

    kind: str
    table: str | None
    """With its schema in front when there is one; None when it cannot be told."""
    place: Place
    name: str | None = None
    """Column, index or constraint dropped or altered; the new name of a renamed table."""
    definition: Table | None = None
    """create_table."""
    column: Column | None = None
    """add_column; `definition` then holds the constraints and indexes that come with it."""
    added_index: Index | None = None
    unique: Unique | None = None
    check: Check | None = None
    foreign_key: ForeignKey | None = None
    columns: tuple[str | None, ...] = ()
    """create_primary_key."""
    changes: tuple[tuple[str, str | bool | None], ...] = ()
    """alter_column: "name", "nullable", "type", "server_default" with their new values (None: cannot be told; for "server_default"
    "" means dropped), "using" for an explicit conversion."""
    words: tuple[str, ...] = ()
    conditional: bool = False
    """Whether it happens depends on something that the revision alone does not tell."""
    when: tuple[Question | None, ...] = ()
    """For a conditional one: the questions to the database that must all be answered so; None among them is another condition."""
    guard: str = ""
    """"if_exists" or "if_not_exists"."""
    batch: bool = False
    concurrently: bool = False
    sql: bool = False
    """Written as SQL text."""


class ReplayedTable(NamedTuple):
    """A table as the migrations leave it."""

    name: str
    """With its schema in front when there is one."""
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]
    unique_constraints: tuple[Unique, ...]
    check_constraints: tuple[Check, ...]
    foreign_keys: tuple[ForeignKey, ...]
    unknown_columns: tuple[str, ...]
    """Columns that may or may not be there, or whose shape cannot be told."""
    constraints_known: bool
    place: Place
    """Where it was created."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The names of the primary key columns."""
        return tuple(c.name for c in self.columns if c.primary_key)

    def column(self, name: str) -> Column | None:
        """The column of this name, or None."""
        return next((c for c in self.columns if c.name == name), None)


class ReplayedSchema(NamedTuple):
    """The schema at the heads of an environment."""

    tables: tuple[ReplayedTable, ...]
    unknown_tables: frozenset[str]
    """Names of tables that may or may not exist, or whose shape cannot be told. Also words of SQL text that could be such names."""
    everything_unknown: bool
    """Something could have changed any table: nothing can be said of what is missing or superfluous."""
    doubts: tuple[Place, ...]
    """The statements that make everything unknown, as far as it is statements."""
    heads: tuple[str, ...]
    problems: tuple[Problem, ...]

    def table(self, name: str) -> ReplayedTable | None:
        """The table of this full name, or None."""
        return next((t for t in self.tables if t.name == name), None)

    def is_unknown(self, name: str) -> bool:
        """Whether nothing can be said of this table."""
        return self.everything_unknown or name in self.unknown_tables or name.rpartition(".")[2] in self.unknown_tables
