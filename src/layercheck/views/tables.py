"""`layercheck tables`: the tables that the models declare, as people and scripts want them."""

from __future__ import annotations

from typing import Any

from layercheck.project import Project
from layercheck.queries.file_kinds import is_migration, is_test
from layercheck.queries.tables import all_tables, column_type, mapped_classes, relationships_of, table_of
from layercheck.queries.tables_mapping import shares_table
from layercheck.queries.tables_rows import Column, Relationship, Table


def tables(project: Project, *, everything: bool = False) -> list[dict[str, Any]]:
    """Every table as a dictionary, sorted by file and line.

    Models that stand in migrations and tests are left out unless `everything` is asked for. `complete` is false where something
    of the table cannot be seen (`gaps` says what).
    """
    out = []
    for table in all_tables(project):
        path = table.key.partition(":")[0]
        if everything or not (is_migration(project, path) or is_test(project, path)):
            out.append(describe(project, table))
    return sorted(out, key=lambda t: (t["file"], t["line"], str(t["name"])))


def describe(project: Project, table: Table) -> dict[str, Any]:
    """One table as a dictionary."""
    span = project.span(table.place)
    qualname = table.key.rpartition(":")[2]
    return {
        "name": table.name,
        "schema": table.schema,
        "class": qualname if table.style != "table" else None,
        "file": span.path,
        "line": span.line,
        "style": table.style,
        "columns": [_column(project, table, c) for c in table.columns],
        "primary_key": list(table.primary_key),
        "indexes": [{"name": i.name, "columns": list(i.columns), "unique": i.unique} for i in table.indexes],
        "unique_constraints": [{"name": u.name, "columns": list(u.columns)} for u in table.unique_constraints],
        "check_constraints": [{"name": c.name, "text": c.text} for c in table.check_constraints],
        "foreign_keys": [
            {
                "name": k.name,
                "columns": list(k.columns),
                "targets": list(k.targets),
                "ondelete": k.ondelete,
                "onupdate": k.onupdate,
            }
            for k in table.foreign_keys
        ],
        "relationships": [_relationship(r) for r in _all_relationships(project, table)],
        "complete": table.complete,
        "gaps": list(table.gaps),
    }


def _column(project: Project, table: Table, column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "attribute": column.attribute,
        "type": column_type(project, table, column),
        "nullable": column.nullable,
        "primary_key": column.primary_key,
        "unique": column.unique,
        "index": column.indexed,
        "foreign_keys": list(column.foreign_keys),
        "default": column.default,
        "server_default": column.server_default,
        "onupdate": column.onupdate,
        "computed": column.computed,
        "line": project.span(column.place).line,
    }


def _relationship(row: Relationship) -> dict[str, Any]:
    return {
        "name": row.attribute,
        "target": row.target.rpartition(":")[2] if row.target is not None else row.target_name or None,
        "lazy": row.lazy,
        "uselist": row.uselist,
        "back_populates": row.back_populates or row.backref,
        "secondary": row.secondary,
        "viewonly": row.viewonly,
        "cascade": row.cascade,
    }


def _all_relationships(project: Project, table: Table) -> list[Relationship]:
    """The relationships of the class, and of the classes that share its table."""
    found = {r.attribute: r for r in relationships_of(project, table.key)}
    for key in mapped_classes(project):
        if key != table.key and shares_table(project, key):
            other = table_of(project, key)
            if other is not None and other.name == table.name and other.schema == table.schema:
                for row in other.relationships:
                    found.setdefault(row.attribute, row)
    return list(found.values())
