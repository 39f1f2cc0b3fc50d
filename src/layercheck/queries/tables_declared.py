"""Which tables the columns of a class end up in: a mixin's in several, a table's own in one."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import dotted
from layercheck.knowledge.orm import COLUMN_CALLS
from layercheck.project import Project, query
from layercheck.queries.symbols import resolve
from layercheck.queries.tables import all_tables
from layercheck.queries.tables_classes import class_parts
from layercheck.queries.tables_objects import table_objects_in
from layercheck.queries.tables_rows import Column, Table


@query
def _declared(project: Project) -> dict[str, tuple[Table, ...]]:
    found: dict[str, list[Table]] = {}
    for table in all_tables(project):
        for owner in dict.fromkeys((table.key, *(c.owner for c in table.columns))):
            found.setdefault(owner, []).append(table)
    return {owner: tuple(tables) for owner, tables in found.items()}


@query
def tables_with(project: Project, owner: str) -> tuple[Table, ...]:
    """The tables that hold columns which `owner` declares: a class, a mixin, or a Table object ("path:name")."""
    return _declared(project).get(owner, ())


@query
def owners_in(project: Project, path: str) -> tuple[str, ...]:
    """The keys of everything in a file that declares columns: classes (mixins and unused ones too) and Table objects."""
    classes = [c.key for c in project.of_file(Class, path) if own_columns(project, c.key)]
    return (*classes, *(key for key in table_objects_in(project, path) if own_columns(project, key)))


@query
def own_columns(project: Project, owner: str) -> tuple[Column, ...]:
    """The columns that a class or a Table object declares itself, as the table that holds them sees them, in source order.

    Those that are written in another file are left out: a function can make them for several Tables, or a Table for a class elsewhere.
    """
    tables = tables_with(project, owner)
    if tables:
        found = [c for c in tables[0].columns if c.owner == owner]
    elif _calls_column(project, owner):
        found = [part.column for part in class_parts(project, owner).columns if part.column.owner == owner]
    else:
        found = []
    path = owner.partition(":")[0]
    return tuple(c for c in found if c.place.key.partition(":")[0] == path)


def _calls_column(project: Project, cls: str) -> bool:
    """Whether the body of a class calls Column or mapped_column: a mixin that no table uses, perhaps."""
    row = project.get(Class, cls)
    values = [raw[2] for raw in row.raw_fields if ir.is_a(raw[2], "call")] if row is not None else []
    names = {name for value in values for call in ir.calls(value) if (name := dotted(call[1])) is not None}
    return any(resolve(project, cls, name) in COLUMN_CALLS for name in sorted(names))
