"""Operations applied to a schema, one after the other: what the database looks like at the heads.

A table becomes unknown when something that cannot be told happens to it, and known again when it is created anew for certain.
"""

from __future__ import annotations

from typing import Any

from layercheck.model import Place
from layercheck.queries.migration_rows import Operation, ReplayedTable
from layercheck.queries.tables_rows import Column, ForeignKey, Table


class Replay:
    """The schema while it is built up."""

    def __init__(self) -> None:
        self.tables: dict[str, ReplayedTable] = {}
        self.unknown: set[str] = set()
        self.everything = False
        self.seen: set[str] = set()
        """The tables that were created at some time: of any other one it is not said that it is not there."""
        self.doubts: list[Place] = []
        """Where something was done that could concern any table."""

    def apply(self, made: Operation) -> None:
        """Apply one operation."""
        if made.kind == "data":
            return
        if made.kind == "unknown":
            self.lose(made)
            return
        if made.table is None and made.kind not in ("drop_index", "rename_index", "drop_constraint"):
            self.doubt(made)
            return
        method = getattr(self, made.kind)
        method(made, made.table or "")

    def lose(self, made: Operation) -> None:
        """Something that cannot be told happened."""
        if made.table is not None:
            self.unknown.add(made.table)
        elif made.words:
            self.unknown.update(made.words)
        else:
            self.doubt(made)

    def doubt(self, made: Operation) -> None:
        """Any table could be concerned."""
        self.everything = True
        self.doubts.append(made.place)

    # ----------------------------------------------------------------------------------------------------- tables

    def create_table(self, made: Operation, name: str) -> None:
        """A new table."""
        definition = made.definition
        self.seen.add(name)
        if made.guard == "if_not_exists" and name in self.tables and not made.conditional:
            return
        if (
            definition is None
            or made.conditional
            or definition.gaps
            or (made.guard and (self.everything or name in self.unknown))
        ):
            self.unknown.add(name)
            if definition is not None:
                self.tables.setdefault(name, _table(definition, name))
            return
        self.tables[name] = _table(definition, name)
        self.unknown.discard(name)

    def drop_table(self, made: Operation, name: str) -> None:
        """A table goes."""
        if made.conditional:
            self.unknown.add(name)
            return
        self.tables.pop(name, None)
        self.unknown.discard(name)

    def rename_table(self, made: Operation, name: str) -> None:
        """A table gets another name; foreign keys that point to it follow."""
        new = made.name or ""
        self.seen.add(new)
        if made.conditional or name in self.unknown or name not in self.tables:
            self.unknown.update((name, new))
            return
        self.tables[new] = self.tables.pop(name)._replace(name=new)
        self.unknown.discard(new)
        for other, table in self.tables.items():
            keys = tuple(_retarget(k, name, new) for k in table.foreign_keys)
            columns = tuple(
                c._replace(foreign_keys=tuple(_moved(t, name, new) for t in c.foreign_keys)) for c in table.columns
            )
            self.tables[other] = table._replace(foreign_keys=keys, columns=columns)

    # ---------------------------------------------------------------------------------------------------- columns

    def existing(self, made: Operation, name: str) -> ReplayedTable | None:
        """The table that an operation changes; one that was never created is unknown from then on."""
        table = self.tables.get(name)
        if table is None:
            self.unknown.add(name)
        return table

    def add_column(self, made: Operation, name: str) -> None:
        """A new column, with the constraints and indexes that come with it."""
        table = self.existing(made, name)
        if table is None or made.column is None:
            return
        column = made.column
        if made.guard == "if_not_exists" and table.column(column.name) is not None:
            return
        if made.conditional:
            columns = table.columns if table.column(column.name) is not None else (*table.columns, column)
            self.tables[name] = _doubtful(table._replace(columns=columns), column.name)
            return
        extra = made.definition
        kept = tuple(c for c in table.columns if c.name != column.name)
        table = table._replace(
            columns=(*kept, column), unknown_columns=tuple(c for c in table.unknown_columns if c != column.name)
        )
        if extra is not None:
            table = table._replace(
                indexes=table.indexes + extra.indexes,
                unique_constraints=table.unique_constraints + extra.unique_constraints,
                check_constraints=table.check_constraints + extra.check_constraints,
                foreign_keys=table.foreign_keys + extra.foreign_keys,
                constraints_known=table.constraints_known and not extra.gaps,
            )
            if extra.gaps:
                table = _doubtful(table, column.name)
        self.tables[name] = table

    def drop_column(self, made: Operation, name: str) -> None:
        """A column goes, and what is built on it."""
        table = self.existing(made, name)
        if table is None or made.name is None:
            return
        column = made.name
        if made.conditional:
            self.tables[name] = _doubtful(table, column)
            return
        self.tables[name] = table._replace(
            columns=tuple(c for c in table.columns if c.name != column),
            unknown_columns=tuple(c for c in table.unknown_columns if c != column),
            indexes=tuple(i for i in table.indexes if column not in i.columns),
            unique_constraints=tuple(u for u in table.unique_constraints if column not in u.columns),
            foreign_keys=tuple(k for k in table.foreign_keys if column not in k.columns),
        )

    def alter_column(self, made: Operation, name: str) -> None:
        """A column gets another name, type, nullability or default."""
        table = self.existing(made, name)
        if table is None or made.name is None:
            return
        changes = dict(made.changes)
        new = changes.get("name", made.name)
        column = table.column(made.name)
        if made.conditional or column is None or not isinstance(new, str):
            for doubtful in {made.name, new if isinstance(new, str) else made.name}:
                table = _doubtful(table, doubtful)
            self.tables[name] = table
            return
        changed = _changed(column, changes)
        table = table._replace(columns=tuple(changed if c is column else c for c in table.columns))
        if new != made.name:
            table = _renamed(table, made.name, new)
            self.point_to(name, made.name, new)
        self.tables[name] = table

    def point_to(self, name: str, old: str, new: str) -> None:
        """Foreign keys of other tables follow a renamed column."""
        for other, table in self.tables.items():
            keys = tuple(
                k._replace(targets=tuple(f"{name}.{new}" if t == f"{name}.{old}" else t for t in k.targets))
                for k in table.foreign_keys
            )
            if keys != table.foreign_keys:
                self.tables[other] = table._replace(foreign_keys=keys)

    # ------------------------------------------------------------------------------------- indexes and constraints

    def constrained(self, made: Operation, name: str) -> ReplayedTable | None:
        """The table whose constraints an operation certainly changes; when it is not certain, they are unknown."""
        table = self.existing(made, name)
        if table is not None and made.conditional:
            self.tables[name] = table._replace(constraints_known=False)
            return None
        return table

    def create_index(self, made: Operation, name: str) -> None:
        """A new index."""
        table = self.constrained(made, name)
        if table is None or made.added_index is None:
            return
        if made.guard == "if_not_exists" and any(i.name == made.added_index.name for i in table.indexes):
            return
        self.tables[name] = table._replace(indexes=(*table.indexes, made.added_index))

    def drop_index(self, made: Operation, name: str) -> None:
        """An index goes; without a table it is looked for by name."""
        owners = [n for n, t in self.tables.items() if any(i.name == made.name for i in t.indexes)]
        if made.table in owners:
            owners = [made.table] if made.table else owners
        for owner in owners:
            table = self.constrained(made, owner)
            if table is not None:
                self.tables[owner] = table._replace(indexes=tuple(i for i in table.indexes if i.name != made.name))
        if not owners and name in self.tables and not (made.guard and made.name):
            self.tables[name] = self.tables[name]._replace(constraints_known=False)

    def rename_index(self, made: Operation, _: str) -> None:
        """An index gets another name."""
        new = dict(made.changes).get("name")
        for owner, table in self.tables.items():
            if any(i.name == made.name for i in table.indexes):
                if made.conditional:
                    self.tables[owner] = table._replace(constraints_known=False)
                else:
                    indexes = tuple(i._replace(name=str(new)) if i.name == made.name else i for i in table.indexes)
                    self.tables[owner] = table._replace(indexes=indexes)

    def create_foreign_key(self, made: Operation, name: str) -> None:
        """A new foreign key."""
        table = self.constrained(made, name)
        if table is None or made.foreign_key is None:
            return
        columns = table.columns
        for local, target in zip(made.foreign_key.columns, made.foreign_key.targets, strict=False):
            columns = tuple(
                c._replace(foreign_keys=(*c.foreign_keys, target)) if c.name == local else c for c in columns
            )
        self.tables[name] = table._replace(columns=columns, foreign_keys=(*table.foreign_keys, made.foreign_key))

    def create_unique(self, made: Operation, name: str) -> None:
        """A new unique constraint."""
        table = self.constrained(made, name)
        if table is not None and made.unique is not None:
            self.tables[name] = table._replace(unique_constraints=(*table.unique_constraints, made.unique))

    def create_check(self, made: Operation, name: str) -> None:
        """A new check (or exclusion) constraint."""
        table = self.constrained(made, name)
        if table is not None and made.check is not None:
            self.tables[name] = table._replace(check_constraints=(*table.check_constraints, made.check))

    def create_primary_key(self, made: Operation, name: str) -> None:
        """Columns become the primary key."""
        table = self.constrained(made, name)
        if table is not None:
            columns = tuple(
                c._replace(primary_key=True, nullable=False) if c.name in made.columns else c for c in table.columns
            )
            self.tables[name] = table._replace(columns=columns)

    def drop_constraint(self, made: Operation, name: str) -> None:
        """A constraint goes."""
        table = self.constrained(made, name) if made.table is not None else None
        if made.table is None:  # tables and columns stay as they are
            for other, one in self.tables.items():
                self.tables[other] = one._replace(constraints_known=False)
        if table is None:
            return
        changed = _without(table, made)
        kind = dict(made.changes).get("type")
        if changed is not None:
            self.tables[name] = changed
        elif kind == "primary" or (made.name or "").endswith(("_pkey", "_pk")) or (made.name or "").startswith("pk_"):
            self.tables[name] = table._replace(columns=tuple(c._replace(primary_key=False) for c in table.columns))
        elif not (made.guard and made.name):
            self.tables[name] = table._replace(constraints_known=False)


def _table(definition: Table, name: str) -> ReplayedTable:
    return ReplayedTable(
        name, definition.columns, definition.indexes, definition.unique_constraints, definition.check_constraints,
        definition.foreign_keys, (), not definition.gaps, definition.place,
    )  # fmt: skip


def _doubtful(table: ReplayedTable, column: str) -> ReplayedTable:
    if column in table.unknown_columns:
        return table
    return table._replace(unknown_columns=(*table.unknown_columns, column))


def _changed(column: Column, changes: dict[str, str | bool | None]) -> Column:
    if "nullable" in changes:
        nullable = changes["nullable"]
        column = column._replace(nullable=nullable if isinstance(nullable, bool) else None, nullable_stated=True)
    if "type" in changes:
        kind = changes["type"]
        column = column._replace(type=kind if isinstance(kind, str) else None, type_symbol=None)
    if "server_default" in changes:
        default = changes["server_default"]
        column = column._replace(server_default=default if isinstance(default, str) and default else None)
    return column


def _renamed(table: ReplayedTable, old: str, new: str) -> ReplayedTable:
    def names(columns: tuple[str | None, ...]) -> tuple[str | None, ...]:
        return tuple(new if c == old else c for c in columns)

    return table._replace(
        columns=tuple(c._replace(name=new, attribute=new) if c.name == old else c for c in table.columns),
        indexes=tuple(i._replace(columns=names(i.columns)) for i in table.indexes),
        unique_constraints=tuple(u._replace(columns=names(u.columns)) for u in table.unique_constraints),
        foreign_keys=tuple(k._replace(columns=names(k.columns)) for k in table.foreign_keys),
    )


def _moved(target: str, old: str, new: str) -> str:
    table, _, column = target.rpartition(".")
    return f"{new}.{column}" if table == old else target


def _retarget(key: ForeignKey, old: str, new: str) -> ForeignKey:
    return key._replace(targets=tuple(_moved(t, old, new) for t in key.targets))


def _without(table: ReplayedTable, made: Operation) -> ReplayedTable | None:
    """The table without the named constraint; None when it has none of that name.

    Constraints without a name have the one that PostgreSQL gives them: `table_column_key`, `table_column_fkey`, `table_column_check`.
    """
    short = table.name.rpartition(".")[2]
    for part, suffix in (("unique_constraints", "key"), ("foreign_keys", "fkey"), ("check_constraints", "check")):
        rows = getattr(table, part)
        kept: Any = tuple(r for r in rows if r.name != made.name or made.name is None)
        if len(kept) == len(rows) and made.name is not None:
            kept = tuple(
                r for r in rows
                if r.name is not None or part == "check_constraints" or made.name != f"{short}_{'_'.join(str(c) for c in r.columns)}_{suffix}"
            )  # fmt: skip
        if len(kept) < len(rows):
            gone = [r for r in rows if r not in kept]
            table = table._replace(**{part: kept})
            if part == "foreign_keys":
                table = table._replace(columns=tuple(_unlinked(c, gone) for c in table.columns))
            if part == "unique_constraints":
                single = {r.columns[0] for r in gone if len(r.columns) == 1}
                table = table._replace(
                    columns=tuple(c._replace(unique=False) if c.name in single else c for c in table.columns)
                )
            return table
    return None


def _unlinked(column: Column, gone: list[ForeignKey]) -> Column:
    targets = {t for k in gone for local, t in zip(k.columns, k.targets, strict=False) if local == column.name}
    return (
        column._replace(foreign_keys=tuple(t for t in column.foreign_keys if t not in targets)) if targets else column
    )
