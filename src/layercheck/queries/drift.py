"""Where the models and the migrations disagree about tables and columns.

DESIGN: a difference is told only when both sides are certain. A model counts when all of it can be seen and the application imports it;
the replayed schema when nothing unknown could have made or changed the table. Tables that env.py filters out, views, and what
libraries make for themselves do not count. The judge is Alembic's `compare_metadata` (tests/queries/test_drift_property.py).
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.knowledge.orm import LIBRARY_TABLES
from layercheck.project import Project, query
from layercheck.queries.evaluate import Mapping
from layercheck.queries.file_kinds import is_application
from layercheck.queries.import_names import python_files
from layercheck.queries.imports import is_imported
from layercheck.queries.migrations import (
    Environment,
    ReplayedTable,
    environments,
    excluded,
    graph,
    is_empty,
    operations,
    schema_at_heads,
    target_metadata,
)
from layercheck.queries.tables import all_tables, tables_named
from layercheck.queries.tables_args import table_arguments
from layercheck.queries.tables_rows import Column, Table
from layercheck.queries.tables_views import is_view
from layercheck.tuples import NamedTuple


class Drift(NamedTuple):
    """One difference of a table. kind: "table" (no migration makes it), "column" (the same), "extra" (no model has the column)."""

    kind: str
    column: Column | None
    made: ReplayedTable | None
    """The table as the migrations leave it."""


@query
def compared(project: Project) -> tuple[Table, ...]:
    """The tables of the application's models, views left out."""
    return tuple(
        t
        for t in all_tables(project)
        if is_application(project, t.key.partition(":")[0]) and not is_view(project, t.key)
    )


@query
def _compared_by_key(project: Project) -> dict[str, Table]:
    return {t.key: t for t in compared(project)}


@query
def environments_for(project: Project, metadata: str | None) -> tuple[Environment, ...]:
    """The environments that make the tables of a MetaData; empty when none certainly does."""
    found, sure = [], False
    for environment in environments(project):
        targets = target_metadata(project, environment.folder)
        if environment.revisions and (targets is None or (metadata is not None and metadata in targets)):
            found.append(environment)
            sure = sure or targets is not None
    return tuple(found) if sure else ()


@query
def drift_of(project: Project, key: str) -> tuple[Drift, ...]:
    """How a table of the models (by the key of its class or Table object) differs from what the migrations make."""
    table = _compared_by_key(project).get(key)
    if table is None or table.name is None or not table.complete:
        return ()
    found = environments_for(project, table.metadata)
    if not found or any(_is_unknown(project, e, table) for e in found):
        return ()
    made = [m for e in found if (m := _made(project, e, table)) is not None]
    if not made:
        return (Drift("table", None, None),) if _is_expected(project, table, found) else ()
    missing = [
        Drift("column", c, made[0])
        for c in table.columns
        if all(_lacks(m, c.name) for m in made) and not _is_filtered(project, found, table, c.name)
    ]
    return (*missing, *_extra(project, table, found, made[0])) if len(made) == 1 else tuple(missing)


def _is_unknown(project: Project, environment: Environment, table: Table) -> bool:
    schema = schema_at_heads(project, environment.folder)
    return any(schema.is_unknown(name) for name in (table.full_name or "", table.name or ""))


def _made(project: Project, environment: Environment, table: Table) -> ReplayedTable | None:
    """The table in the replayed schema: by its full name, else by its bare one (search paths and default schemas)."""
    schema = schema_at_heads(project, environment.folder)
    return schema.table(table.full_name or "") or next(
        (t for t in schema.tables if t.name.rpartition(".")[2].lower() == (table.name or "").lower()), None
    )


def _lacks(made: ReplayedTable, name: str) -> bool:
    known = {c.name.lower() for c in made.columns} | {c.lower() for c in made.unknown_columns}
    return name.lower() not in known


def _is_expected(project: Project, table: Table, found: tuple[Environment, ...]) -> bool:
    """Whether the migrations are meant to make a table: the application uses the model, and no filter of env.py leaves it out.

    A filter that sorts whole groups of tables out shows in what the migrations make: less than half of the models.
    """
    if not is_imported(project, table.key.partition(":")[0]) or _is_filtered(project, found, table, ""):
        return False
    if not all(_begins_empty(project, e.folder) for e in found):
        return False
    if any(excluded(project, e.folder)[0] for e in found):
        beside = [t for t in compared(project) if t.metadata == table.metadata]
        return 2 * sum(any(_made(project, e, t) for e in found) for t in beside) > len(beside)
    return True


@query
def _begins_empty(project: Project, folder: str) -> bool:
    """Whether the migrations make the whole schema, and were not put on top of a database that was there already.

    A first revision that does nothing stands for what was there; so does a change of a table that no migration has made.
    """
    made: set[str | None] = set()
    for revision in graph(project, folder).order:
        if not revision.down and is_empty(project, revision.path, "upgrade"):
            return False
        for operation in operations(project, revision.path, "upgrade"):
            if operation.kind == "create_table":
                made.add(operation.table)
            elif operation.kind == "rename_table":
                made.add(operation.name)
            elif operation.kind in ("add_column", "alter_column", "drop_column") and operation.table not in made:
                return False
    return True


def _is_filtered(project: Project, found: tuple[Environment, ...], table: Table, column: str) -> bool:
    """Whether a filter in env.py names the table (a part of its name, its schema, a key of its info) or the column."""
    words = set().union(*(excluded(project, e.folder)[1] for e in found if excluded(project, e.folder)[0]))
    if not words:
        return False
    info = (
        table_arguments(project, table.key).options.get("info") if project.get(Class, table.key) is not None else None
    )
    marks = {str(k) for k, _ in info.items} if isinstance(info, Mapping) else set()
    names = {table.name or "", column, table.schema or "", *marks} - {""}
    return bool(names & words) or any(len(w) > 2 and w in (table.name or "") for w in words)


def _extra(project: Project, table: Table, found: tuple[Environment, ...], made: ReplayedTable) -> tuple[Drift, ...]:
    """The columns that the migrations leave in a table and no model of that table has."""
    same = tables_named(project, table.name) or (table,)
    if any(t.gaps for t in same):
        return ()
    known = {c.name.lower() for t in same for c in t.columns}
    return tuple(
        Drift("extra", c, made)
        for c in made.columns
        if c.name.lower() not in known
        and c.name not in made.unknown_columns
        and not _is_filtered(project, found, table, c.name)
    )


# ------------------------------------------------------------------------------------------------- tables without model


@query
def extra_tables(project: Project, folder: str) -> tuple[ReplayedTable, ...]:
    """The tables that the migrations of an environment leave behind and nothing in the project speaks of."""
    targets = target_metadata(project, folder)
    schema = schema_at_heads(project, folder)
    models = all_tables(project)
    if targets is None or schema.everything_unknown or excluded(project, folder)[0]:
        return ()
    own = [t for t in models if t.metadata in targets]
    if not own or any(t.name is None or t.gaps or t.metadata is None for t in models) or _is_versioned(project):
        return ()
    known = {(t.name or "").lower() for t in models}
    found = {
        short: t
        for t in schema.tables
        if not schema.is_unknown(t.name)
        and (short := t.name.rpartition(".")[2].lower()) not in known
        and not short.startswith(LIBRARY_TABLES)
    }
    if not found:
        return ()
    elsewhere = _changed_elsewhere(project, folder)
    spoken = _words_of_application(project)
    return tuple(t for short, t in found.items() if short not in spoken and short not in elsewhere)


@query
def _changed_elsewhere(project: Project, folder: str) -> frozenset[str]:
    """The tables that the revisions of other environments rename, drop or change: their database is the same."""
    return frozenset(
        operation.table.rpartition(".")[2].lower()
        for environment in environments(project)
        if environment.folder != folder
        for path in environment.revisions
        for operation in operations(project, path, "upgrade")
        if operation.kind != "create_table" and operation.table
    )


@query
def _is_versioned(project: Project) -> bool:
    """Whether SQLAlchemy-Continuum makes a second table for some model."""
    return any(_versioned_in(project, path) for path in python_files(project))


@query
def _versioned_in(project: Project, path: str) -> bool:
    return any(raw[0] == "__versioned__" for c in project.of_file(Class, path) for raw in c.raw_fields)


@query
def _words_of_application(project: Project) -> frozenset[str]:
    """The identifiers in all strings of the application: SQL text and Table objects in functions name tables there."""
    return frozenset().union(
        *(_words_in(project, p) for p in project.files() if p.endswith(".py") and is_application(project, p))
    )


@query
def _words_in(project: Project, path: str) -> frozenset[str]:
    found: set[str] = set()
    for body in project.of_file(Body, path):
        for e in ir.expressions(body.statements):
            text = ir.text_of(e)
            if text is not None:
                found.update(
                    word for word in text.replace('"', " ").replace(".", " ").lower().split() if word.isidentifier()
                )
    return frozenset(found)
