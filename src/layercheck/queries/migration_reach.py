"""Which functions are worth following for a migration, and when two operations do the same."""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.evaluate import Scope, callee
from layercheck.queries.migration_rows import Operation

EXECUTES = frozenset({"execute", "exec_driver_sql", "executescript"})
_TOUCHES = EXECUTES | {"create_all", "drop_all", "create", "drop"}


@query(bottom=False)
def touches_schema(project: Project, key: str) -> bool:
    """Whether a function could reach Alembic operations or execute SQL: only then it is worth following."""
    body = project.get(Body, key)
    if body is None:
        return False
    for raw in body.raw_calls:
        func = raw[0][1]
        if ir.last_name(func) in _TOUCHES:
            return True
        symbol = callee(project, Scope(key), func)
        if symbol is not None and (
            symbol.startswith("alembic.") or (":" in symbol and symbol != key and touches_schema(project, symbol))
        ):
            return True
        if symbol is None and ir.last_name(func) in OPERATIONS:
            return True
    return False


OPERATIONS = frozenset({
    "create_table", "drop_table", "rename_table", "add_column", "drop_column", "alter_column", "create_index", "drop_index",
    "create_foreign_key", "create_unique_constraint", "create_check_constraint", "create_primary_key", "drop_constraint",
    "batch_alter_table",
})  # fmt: skip


def shape(made: Operation) -> Operation:
    """An operation without where it stands, to compare the branches of a condition."""
    nowhere = Place("", "", 0)

    def bare(row: Any) -> Any:
        return row._replace(place=nowhere) if row is not None else None

    definition = made.definition
    if definition is not None:
        definition = definition._replace(
            place=nowhere,
            **{
                part: _tuple(bare(row) for row in getattr(definition, part))
                for part in ("columns", "indexes", "unique_constraints", "check_constraints", "foreign_keys")
            },
        )
    return made._replace(
        place=nowhere, definition=definition, batch=False, sql=False, when=(),
        **{part: bare(getattr(made, part)) for part in ("column", "added_index", "unique", "check", "foreign_key")},
    )  # fmt: skip


def _tuple(rows: Any) -> Any:
    return tuple(rows)
