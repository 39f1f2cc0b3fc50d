"""Which columns of a table an index can find rows by: the ones that lead an index, a unique constraint or the primary key."""

from __future__ import annotations

from layercheck.facts.rows import Class
from layercheck.project import Project, query
from layercheck.queries.migrations import ReplayedTable, environments, schema_at_heads
from layercheck.queries.tables import table_of
from layercheck.queries.tables_args import parse_constraints, table_arguments
from layercheck.queries.tables_objects import object_parts, object_value, open_table
from layercheck.queries.tables_rows import Table


@query
def key_order(project: Project, key: str) -> tuple[str, ...]:
    """The primary key columns of a mapped class or Table object in the order of the key: a PrimaryKeyConstraint says it."""
    table = table_of(project, key)
    if table is None:
        return ()
    if project.get(Class, key) is not None:
        stated = parse_constraints(project, table_arguments(project, key).items, key).primary_key
    else:
        call = open_table(project, object_value(project, key))
        stated = object_parts(project, call, key)[1].primary_key if call is not None else None
    return stated or table.primary_key


def leading(project: Project, table: Table) -> tuple[tuple[str | None, ...], ...]:
    """The column lists of every index, unique constraint and primary key of a table, as the models and the migrations make them."""
    found = [
        key_order(project, table.key),
        *(i.columns for i in table.indexes),
        *(u.columns for u in table.unique_constraints),
    ]
    for made in migrated(project, table):
        found += [i.columns for i in made.indexes]
        found += [u.columns for u in made.unique_constraints]
    return tuple(columns for columns in found if columns)


def unique_sets(project: Project, table: Table) -> tuple[tuple[str | None, ...], ...]:
    """The column lists of every unique constraint, unique index and primary key, as the models and the migrations make them."""
    found = [key_order(project, table.key), *(u.columns for u in table.unique_constraints)]
    found += [i.columns for i in table.indexes if i.unique is not False]
    for made in migrated(project, table):
        found += [u.columns for u in made.unique_constraints]
        found += [i.columns for i in made.indexes if i.unique is not False]
    return tuple(columns for columns in found if columns)


def migrated(project: Project, table: Table) -> tuple[ReplayedTable, ...]:
    """The table as the migrations of each environment leave it, where they make it."""
    if table.full_name is None:
        return ()
    schemas = (schema_at_heads(project, e.folder) for e in environments(project))
    return tuple(made for schema in schemas if (made := schema.table(table.full_name)) is not None)
