"""Columns and constraints put together: what one says of the other, and the names that follow from a naming convention."""

from __future__ import annotations

from layercheck.project import Project
from layercheck.queries.columns import Parsed
from layercheck.queries.evaluate import Mapping, Value
from layercheck.queries.tables_args import Constraints
from layercheck.queries.tables_mapping import metadata_argument
from layercheck.queries.tables_rows import Column, Index, Table, Unique


def assembled(
    project: Project,
    table: Table,
    parsed: tuple[Parsed, ...],
    constraints: Constraints,
    gaps: tuple[str, ...],
    metadata: Value,
) -> Table:
    """Columns and constraints put together: what one says of the other."""
    columns: dict[str, Column] = {}
    for part in parsed:
        columns.setdefault(part.column.name, part.column)
    if constraints.primary_key is not None:
        for name in constraints.primary_key:
            if name in columns:
                old = columns[name]
                columns[name] = old._replace(primary_key=True, nullable=old.nullable if old.nullable_stated else False)
    for key in constraints.foreign_keys:
        for local, target in zip(key.columns, key.targets, strict=False):
            if local in columns:
                columns[local] = columns[local]._replace(foreign_keys=(*columns[local].foreign_keys, target))
    conventions = metadata_argument(project, metadata, "naming_convention")
    implied = _implied(table, tuple(columns.values()), conventions)
    return table._replace(
        columns=tuple(columns.values()),
        indexes=table.indexes + constraints.indexes + implied[0],
        unique_constraints=constraints.uniques + implied[1],
        check_constraints=constraints.checks + tuple(c for p in parsed for c in p.checks),
        foreign_keys=tuple(k for p in parsed for k in p.foreign_keys) + constraints.foreign_keys,
        gaps=tuple(dict.fromkeys(gaps)),
    )


def _implied(
    table: Table, columns: tuple[Column, ...], conventions: Value
) -> tuple[tuple[Index, ...], tuple[Unique, ...]]:
    """The indexes and unique constraints that `index=True` and `unique=True` on columns make."""
    indexes = []
    uniques = []
    for column in columns:
        if column.indexed:
            name = implied_name(table, column.name, conventions, "ix")
            indexes.append(Index(name, (column.name,), column.unique, False, True, column.place))
        elif column.unique:
            uniques.append(
                Unique(implied_name(table, column.name, conventions, "uq"), (column.name,), True, column.place)
            )
    return tuple(indexes), tuple(uniques)


def implied_name(table: Table, column: str, conventions: Value, kind: str) -> str | None:
    """The name that a naming convention gives; None when it gives none or cannot be told (sqlalchemy/sql/naming.py)."""
    if conventions is not None and not isinstance(conventions, Mapping):
        return None
    template = conventions.get(kind) if conventions is not None else None
    if template is None and kind == "ix":
        template = "ix_%(column_0_label)s"
    if not isinstance(template, str) or table.name is None:
        return None
    label = f"{table.full_name}_{column}".replace(".", "_")
    parts = {
        "table_name": table.name,
        "column_0_name": column,
        "column_0_label": label,
        "column_0_N_name": column,
        "column_0_N_label": label,
    }
    try:
        return template % parts
    except (KeyError, ValueError, TypeError):
        return None
