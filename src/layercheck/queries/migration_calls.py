"""One call of Alembic's `op` (or of a batch) as an operation.

Source: alembic/operations/base.py and ops.py (names and order of the parameters).
"""

from __future__ import annotations

from layercheck.project import Project
from layercheck.queries.column_types import sql_type
from layercheck.queries.columns import check, parse_column
from layercheck.queries.evaluate import UNKNOWN, Value
from layercheck.queries.migration_rows import Operation
from layercheck.queries.schema_calls import Opened, described, flag, sql_text, text_of
from layercheck.queries.tables_args import Constraints, column_of
from layercheck.queries.tables_assembly import assembled
from layercheck.queries.tables_objects import object_parts
from layercheck.queries.tables_rows import Check, ForeignKey, Index, Table, Unique

QUIET = frozenset({
    "get_bind", "get_context", "f", "inline_literal", "bulk_insert", "sync_enum_values", "create_entity", "drop_entity",
    "replace_entity", "create_table_comment", "drop_table_comment", "batch_alter_table", "execute", "register_operation",
    "implementation_for", "run_async", "create_enum", "drop_enum", "get_operations",
})  # fmt: skip
"""Methods of `op` that leave the shape of tables alone, or are looked at elsewhere (execute, batch_alter_table)."""


def operation(project: Project, name: str, call: Opened, batch: tuple[str | None] | None) -> Operation | None:
    """The operation of `op.<name>(...)`; `batch` holds the table of a batch. None for calls that change no table."""
    if name in QUIET:
        return None
    method = _METHODS.get(name)
    if method is None:
        words = tuple(dict.fromkeys(a for a in call.args if isinstance(a, str)))
        return Operation("unknown", None, call.place, words=words)
    if call.dynamic and name not in ("create_table", "add_column"):
        table = batch[0] if batch is not None else text_of(call.argument(_TABLE_POSITION.get(name, 0), "table_name"))
        return Operation("unknown", table, call.place)
    found: Operation = method(project, call, batch)
    return found._replace(batch=batch is not None)


_TABLE_POSITION = {"create_index": 1, "create_foreign_key": 1, "create_unique_constraint": 1, "create_check_constraint": 1,
                   "create_primary_key": 1, "drop_constraint": 1}  # fmt: skip


def _full(call: Opened, name: Value, schema: str = "schema") -> str | None:
    """A table name with the call's schema in front; None when either cannot be told."""
    given = call.get(schema)
    if not isinstance(name, str) or (given is not None and not isinstance(given, str)):
        return None
    return f"{given}.{name}" if given else name


def _guard(call: Opened) -> str:
    if call.get("if_exists") is True:
        return "if_exists"
    return "if_not_exists" if call.get("if_not_exists") is True else ""


Batch = tuple[str | None] | None


def _split(call: Opened, batch: Batch, position: int) -> tuple[str | None, int]:
    """(the table, how far arguments after it are shifted): a batch leaves the table out of the arguments."""
    if batch is not None:
        return batch[0], -1
    return _full(call, call.argument(position, "table_name")), 0


def _create_table(project: Project, call: Opened, _: Batch) -> Operation:
    name = call.argument(0, "table_name", UNKNOWN)
    full = _full(call, name)
    if full is None:
        return Operation("unknown", None, call.place)
    columns, constraints, gaps = object_parts(project, call, full, 1)
    table = Table(
        full, str(name), text_of(call.get("schema")), (), (), (), (), (), (), None, False, "migration", (), call.place
    )
    table = assembled(project, table, columns, constraints, gaps, None)
    return Operation("create_table", full, call.place, definition=table, guard=_guard(call))


def _drop_table(_: Project, call: Opened, __: Batch) -> Operation:
    return Operation("drop_table", _full(call, call.argument(0, "table_name")), call.place, guard=_guard(call))


def _rename_table(_: Project, call: Opened, __: Batch) -> Operation:
    new = _full(call, call.argument(1, "new_table_name"))
    old = _full(call, call.argument(0, "old_table_name"))
    return Operation("rename_table", old, call.place, new) if new is not None else Operation("unknown", old, call.place)


def _add_column(project: Project, call: Opened, batch: Batch) -> Operation:
    table, shift = _split(call, batch, 0)
    parsed = parse_column(project, call.argument(1 + shift, "column"), "", table or "?")
    if parsed is None or not parsed.named:
        return Operation("unknown", table, call.place)
    shell = Table(
        table or "?",
        (table or "?").rpartition(".")[2],
        None,
        (),
        (),
        (),
        (),
        (),
        (),
        None,
        False,
        "migration",
        (),
        call.place,
    )
    made = assembled(project, shell, (parsed,), Constraints((), (), (), (), None, False), (), None)
    return Operation("add_column", table, call.place, column=made.columns[0], definition=made, guard=_guard(call))


def _drop_column(_: Project, call: Opened, batch: Batch) -> Operation:
    table, shift = _split(call, batch, 0)
    name = text_of(call.argument(1 + shift, "column_name"))
    return (
        Operation("drop_column", table, call.place, name, guard=_guard(call))
        if name
        else Operation("unknown", table, call.place)
    )


def _alter_column(project: Project, call: Opened, batch: Batch) -> Operation:
    table, shift = _split(call, batch, 0)
    name = text_of(call.argument(1 + shift, "column_name"))
    if name is None:
        return Operation("unknown", table, call.place)
    changes: list[tuple[str, str | bool | None]] = []
    if call.has("new_column_name") or call.has("name"):
        changes.append(("name", text_of(call.get("new_column_name", call.get("name")))))
    if call.get("nullable") is not None:
        changes.append(("nullable", flag(call.get("nullable"), True)))
    if call.get("type_") is not None:
        kind = sql_type(project, call.get("type_"))
        changes.append(("type", kind.text if kind is not None else None))
    if call.has("server_default") and call.get("server_default") is not False:
        changes.append(("server_default", described(call.get("server_default")) or ""))
    if call.has("postgresql_using"):
        changes.append(("using", text_of(call.get("postgresql_using")) or "..."))
    return Operation("alter_column", table, call.place, name, changes=tuple(changes))


def _names(project: Project, values: Value) -> tuple[str | None, ...] | None:
    return tuple(column_of(project, v, "") for v in values) if values.__class__ is tuple else None


def _create_index(project: Project, call: Opened, batch: Batch) -> Operation:
    table, shift = _split(call, batch, 1)
    columns = _names(project, call.argument(2 + shift, "columns"))
    if columns is None:
        columns = (None,)
    partial = any(k.endswith("_where") for k, _ in call.keywords)
    index = Index(
        text_of(call.argument(0, "index_name")), columns, flag(call.get("unique"), False), partial, False, call.place
    )
    concurrently = call.get("postgresql_concurrently") not in (None, False)  # a value of run time may be true
    return Operation(
        "create_index", table, call.place, added_index=index, guard=_guard(call), concurrently=concurrently
    )


def _drop_index(_: Project, call: Opened, batch: Batch) -> Operation:
    table = batch[0] if batch is not None else _full(call, call.argument(1, "table_name"))
    concurrently = call.get("postgresql_concurrently") not in (None, False)  # a value of run time may be true
    return Operation(
        "drop_index",
        table,
        call.place,
        text_of(call.argument(0, "index_name")),
        guard=_guard(call),
        concurrently=concurrently,
    )


def _create_foreign_key(project: Project, call: Opened, batch: Batch) -> Operation:
    if batch is not None:
        table, shift, schema = batch[0], -1, "referent_schema"
    else:
        table, shift, schema = _full(call, call.argument(1, "source_table"), "source_schema"), 0, "referent_schema"
    referent = _full(call, call.argument(2 + shift, "referent_table"), schema)
    local = _names(project, call.argument(3 + shift, "local_cols"))
    remote = _names(project, call.argument(4 + shift, "remote_cols"))
    if referent is None or local is None or remote is None:
        return Operation("unknown", table, call.place)
    key = ForeignKey(
        text_of(call.argument(0, "constraint_name")), local, tuple(f"{referent}.{c}" for c in remote), text_of(call.get("ondelete")),
        text_of(call.get("onupdate")), call.place,
    )  # fmt: skip
    return Operation("create_foreign_key", table, call.place, key.name, foreign_key=key)


def _create_unique(project: Project, call: Opened, batch: Batch) -> Operation:
    table, shift = _split(call, batch, 1)
    columns = _names(project, call.argument(2 + shift, "columns"))
    if columns is None:
        return Operation("unknown", table, call.place)
    name = text_of(call.argument(0, "constraint_name"))
    return Operation("create_unique", table, call.place, name, unique=Unique(name, columns, False, call.place))


def _create_check(project: Project, call: Opened, batch: Batch) -> Operation:
    table, shift = _split(call, batch, 1)
    condition = call.argument(2 + shift, "condition", UNKNOWN)
    made = check(project, call._replace(args=(condition,), keywords=()), call.place)
    name = text_of(call.argument(0, "constraint_name"))
    text = sql_text(project, condition)
    return Operation(
        "create_check", table, call.place, name, check=Check(name, text if text is not None else made.text, call.place)
    )


def _create_exclude(_: Project, call: Opened, batch: Batch) -> Operation:
    table, __ = _split(call, batch, 1)
    name = text_of(call.argument(0, "constraint_name"))
    return Operation("create_check", table, call.place, name, check=Check(name, "EXCLUDE", call.place))


def _create_primary_key(project: Project, call: Opened, batch: Batch) -> Operation:
    table, shift = _split(call, batch, 1)
    columns = _names(project, call.argument(2 + shift, "columns"))
    name = text_of(call.argument(0, "constraint_name"))
    if columns is None:
        return Operation("unknown", table, call.place)
    return Operation("create_primary_key", table, call.place, name, columns=columns)


def _drop_constraint(_: Project, call: Opened, batch: Batch) -> Operation:
    table = batch[0] if batch is not None else _full(call, call.argument(1, "table_name"))
    kind = call.get("type_", call.args[2] if batch is None and len(call.args) > 2 else None)
    changes = (("type", kind if isinstance(kind, str) else None),)
    return Operation(
        "drop_constraint",
        table,
        call.place,
        text_of(call.argument(0, "constraint_name")),
        changes=changes,
        guard=_guard(call),
    )


_METHODS = {
    "create_table": _create_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_foreign_key": _create_foreign_key,
    "create_unique_constraint": _create_unique,
    "create_check_constraint": _create_check,
    "create_exclude_constraint": _create_exclude,
    "create_primary_key": _create_primary_key,
    "drop_constraint": _drop_constraint,
}
