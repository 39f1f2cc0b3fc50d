"""CREATE / ALTER / DROP of tables and indexes, parsed with sqlglot into operations. Imported only when such text is met."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from layercheck.model import Place
from layercheck.queries.migration_rows import Operation
from layercheck.queries.tables_rows import Check, Column, ForeignKey, Index, Table, Unique

_DIALECTS = ("postgres", "mysql", "sqlite")


class _Strange(Exception):
    """A part of a statement that is not understood."""


def operations_of_ddl(text: str, place: Place) -> list[Operation] | None:
    """The operations of one statement; None when it is not understood. Never raises."""
    import logging

    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # it warns of every statement that it does not know
    try:
        for dialect in _DIALECTS:
            try:
                tree = sqlglot.parse_one(text, dialect=dialect)
            except (sqlglot.errors.SqlglotError, RecursionError, ValueError):
                continue
            if isinstance(tree, exp.Create | exp.Alter | exp.Drop):
                try:
                    return list(_operations(tree, place))
                except (_Strange, AttributeError, TypeError):  # the shape of trees differs between versions of sqlglot
                    return None
        return None
    finally:
        logger.setLevel(level)


def _operations(tree: exp.Expression, place: Place) -> Iterator[Operation]:
    kind = str(tree.args.get("kind") or "").upper()
    if isinstance(tree, exp.Create) and kind == "TABLE":
        yield _create_table(tree, place)
    elif isinstance(tree, exp.Create) and kind == "INDEX":
        yield _create_index(tree, place)
    elif isinstance(tree, exp.Drop) and kind in ("TABLE", "INDEX"):
        guard = "if_exists" if tree.args.get("exists") else ""
        for dropped in tree.args.get("tables") or [tree.this]:
            name = _name(dropped)
            if kind == "TABLE":
                yield Operation("drop_table", name, place, guard=guard)
            else:
                concurrently = bool(tree.args.get("concurrently"))
                yield Operation(
                    "drop_index", None, place, name.rpartition(".")[2], guard=guard, concurrently=concurrently
                )
    elif isinstance(tree, exp.Alter) and kind == "TABLE":
        for action in tree.args.get("actions") or ():
            yield from _alter(action, _name(tree.this), place)
    elif (
        isinstance(tree, exp.Alter)
        and kind == "INDEX"
        and all(isinstance(a, exp.AlterRename) for a in tree.args.get("actions") or ())
    ):
        for action in tree.args["actions"]:
            yield Operation(
                "rename_index",
                None,
                place,
                _name(tree.this).rpartition(".")[2],
                changes=(("name", _name(action.this)),),
            )
    else:
        raise _Strange


def _name(node: exp.Expression | None) -> str:
    """The full name of a table, index or column."""
    if isinstance(node, exp.Schema):
        node = node.this
    if isinstance(node, exp.Table):
        parts = [p.name for p in (node.args.get("db"), node.this) if p is not None]
        return ".".join(parts)
    if isinstance(node, exp.Column | exp.Identifier):
        return node.name
    raise _Strange


def _create_table(tree: exp.Create, place: Place) -> Operation:
    schema = tree.this
    name = _name(schema)
    guard = "if_not_exists" if tree.args.get("exists") else ""
    if not isinstance(schema, exp.Schema) or tree.expression is not None:
        return Operation("unknown", name, place)
    table = _table(name, place)
    for part in schema.expressions:
        if isinstance(part, exp.ColumnDef):
            table = _with_column(table, part, place)
        else:
            table = _constrained(table, part, None, place)
    return Operation("create_table", name, place, definition=table, guard=guard)


def _table(name: str, place: Place) -> Table:
    schema, _, last = name.rpartition(".")
    return Table(name, last, schema or None, (), (), (), (), (), (), None, False, "migration", (), place)


def _with_column(table: Table, part: exp.ColumnDef, place: Place) -> Table:
    name = part.this.name
    nullable = True
    primary = unique = computed = False
    default: str | None = None
    targets: list[str] = []
    kind = part.args.get("kind")
    text = _type(kind)
    if text is not None and "SERIAL" in text.upper():
        nullable, default = False, "nextval"
    for constraint in part.args.get("constraints") or ():
        rule = constraint.args.get("kind")
        label = constraint.this.name if constraint.this is not None else None
        match rule:
            case exp.NotNullColumnConstraint():
                nullable = bool(rule.args.get("allow_null"))
            case exp.PrimaryKeyColumnConstraint():
                primary, nullable = True, False
            case exp.UniqueColumnConstraint():
                unique = True
            case exp.DefaultColumnConstraint():
                default = rule.this.sql()
            case exp.Reference():
                keys = _references(rule, label, (name,), place)
                targets += keys.targets
                table = table._replace(foreign_keys=(*table.foreign_keys, keys))
            case exp.CheckColumnConstraint():
                table = table._replace(
                    check_constraints=(*table.check_constraints, Check(label, rule.this.sql(), place))
                )
            case (
                exp.ComputedColumnConstraint()
                | exp.GeneratedAsIdentityColumnConstraint()
                | exp.AutoIncrementColumnConstraint()
            ):
                computed = True
                nullable = nullable and isinstance(rule, exp.ComputedColumnConstraint)
            case exp.CollateColumnConstraint() | exp.CommentColumnConstraint():
                pass
            case _:
                raise _Strange
    column = Column(
        name, name, text, None, nullable, True, primary, unique, False, tuple(targets), None, default, None, computed, "column",
        table.key, place,
    )  # fmt: skip
    table = table._replace(columns=(*table.columns, column))
    if unique:
        table = table._replace(unique_constraints=(*table.unique_constraints, Unique(None, (name,), True, place)))
    return table


def _type(kind: exp.Expression | None) -> str | None:
    return kind.sql() if kind is not None else None


def _references(rule: exp.Expression, label: str | None, columns: tuple[str, ...], place: Place) -> ForeignKey:
    schema = rule.this
    table = _name(schema)
    remote = [c.name for c in schema.expressions] if isinstance(schema, exp.Schema) else []
    targets = tuple(f"{table}.{c}" for c in remote) if remote else tuple(f"{table}.?" for _ in columns)
    options = " ".join(str(o) for o in rule.args.get("options") or ())
    return ForeignKey(label, columns, targets, _action(options, "DELETE"), _action(options, "UPDATE"), place)


def _action(options: str, event: str) -> str | None:
    _, found, rest = options.partition(f"ON {event} ")
    return rest.partition(" ON ")[0] or None if found else None


def _constrained(table: Table, part: exp.Expression, label: str | None, place: Place) -> Table:
    """A table with one more table constraint."""
    match part:
        case exp.Constraint():
            for inner in part.expressions:
                table = _constrained(table, inner, part.this.name, place)
            return table
        case exp.PrimaryKey():
            names = {_plain(c) for c in part.expressions}
            columns = tuple(
                c._replace(primary_key=True, nullable=False) if c.name in names else c for c in table.columns
            )
            return table._replace(columns=columns)
        case exp.UniqueColumnConstraint() if isinstance(part.this, exp.Schema):
            columns_ = tuple(_plain(c) for c in part.this.expressions)
            return table._replace(unique_constraints=(*table.unique_constraints, Unique(label, columns_, False, place)))
        case exp.CheckColumnConstraint():
            return table._replace(check_constraints=(*table.check_constraints, Check(label, part.this.sql(), place)))
        case exp.ForeignKey() if part.args.get("reference") is not None:
            key = _references(part.args["reference"], label, tuple(_plain(c) for c in part.expressions), place)
            return table._replace(foreign_keys=(*table.foreign_keys, key))
    raise _Strange


def _plain(node: exp.Expression) -> str:
    if isinstance(node, exp.Ordered):
        node = node.this
    return _name(node)


def _create_index(tree: exp.Create, place: Place) -> Operation:
    index = tree.this
    if not isinstance(index, exp.Index):
        raise _Strange
    params = index.args.get("params")
    listed = (params.args.get("columns") if params is not None else None) or ()
    columns = tuple(_index_column(c) for c in listed)
    partial = params is not None and params.args.get("where") is not None
    row = Index(
        index.this.name if index.this is not None else None,
        columns,
        bool(tree.args.get("unique")),
        partial,
        False,
        place,
    )
    return Operation(
        "create_index", _name(index.args.get("table")), place, added_index=row,
        guard="if_not_exists" if tree.args.get("exists") else "", concurrently=bool(tree.args.get("concurrently")),
    )  # fmt: skip


def _index_column(node: exp.Expression) -> str | None:
    inner = node.this if isinstance(node, exp.Ordered) else node
    return inner.name if isinstance(inner, exp.Column | exp.Identifier) else None


def _alter(action: exp.Expression, table: str, place: Place) -> Iterator[Operation]:
    match action:
        case exp.ColumnDef():
            added = _with_column(_table(table, place), action, place)
            guard = "if_not_exists" if action.args.get("exists") else ""
            yield Operation("add_column", table, place, column=added.columns[0], definition=added, guard=guard)
        case exp.Drop():
            guard = "if_exists" if action.args.get("exists") else ""
            kind = {"COLUMN": "drop_column", "CONSTRAINT": "drop_constraint"}.get(
                str(action.args.get("kind") or "").upper()
            )
            if kind is None:
                raise _Strange
            for dropped in action.args.get("tables") or [action.this]:
                yield Operation(kind, table, place, _name(dropped), guard=guard)
        case exp.AlterRename():
            new = _name(action.this)
            schema = table.rpartition(".")[0]
            yield Operation("rename_table", table, place, f"{schema}.{new}" if schema and "." not in new else new)
        case exp.RenameColumn():
            yield Operation(
                "alter_column", table, place, _name(action.this), changes=(("name", _name(action.args.get("to"))),)
            )
        case exp.AlterColumn():
            yield Operation("alter_column", table, place, action.this.name, changes=tuple(_changes(action)))
        case exp.AddConstraint():
            for part in action.expressions:
                yield from _add_constraint(part, None, table, place)
        case exp.AlterSet():
            return
        case _:
            raise _Strange


def _changes(action: exp.AlterColumn) -> Iterator[tuple[str, str | bool | None]]:
    if action.args.get("allow_null") is not None:
        yield "nullable", bool(action.args["allow_null"])
    elif action.args.get("dtype") is not None:
        yield "type", action.args["dtype"].sql()
        if isinstance(action.args.get("using"), exp.Expression):
            yield "using", action.args["using"].sql()
    elif action.args.get("default") is not None:
        yield "server_default", action.args["default"].sql()
    elif action.args.get("drop"):
        yield "server_default", ""
    else:
        raise _Strange


def _add_constraint(part: exp.Expression, label: str | None, table: str, place: Place) -> Iterator[Operation]:
    if isinstance(part, exp.Constraint):
        for inner in part.expressions:
            yield from _add_constraint(inner, part.this.name, table, place)
        return
    if isinstance(part, exp.PrimaryKey):
        yield Operation("create_primary_key", table, place, label, columns=tuple(_plain(c) for c in part.expressions))
        return
    made = _constrained(_table(table, place), part, label, place)
    for unique in made.unique_constraints:
        yield Operation("create_unique", table, place, label, unique=unique)
    for check in made.check_constraints:
        yield Operation("create_check", table, place, label, check=check)
    for key in made.foreign_keys:
        yield Operation("create_foreign_key", table, place, label, foreign_key=key)
