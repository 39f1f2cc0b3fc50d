"""Constraints and indexes: what stands in `__table_args__`, in a Table(...) call, or in a migration's create_table.

Source: SQLAlchemy docs "Declarative Table: Table Configuration", sqlalchemy/sql/schema.py.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.ir import dotted
from layercheck.project import Project, query
from layercheck.queries.columns import check
from layercheck.queries.evaluate import Code, Mapping, Value
from layercheck.queries.references import column_name, column_target
from layercheck.queries.schema_calls import Opened, attribute_path, evaluated, flag, opened, sql_text, text_of
from layercheck.queries.tables_mapping import declared_value, is_mapped
from layercheck.queries.tables_rows import Check, ForeignKey, Index, Unique
from layercheck.tuples import NamedTuple


class Arguments(NamedTuple):
    """`__table_args__` of a class: the constraint objects and the options of the dict."""

    items: tuple[Value, ...]
    options: Mapping
    dynamic: bool
    """Not everything could be followed."""


class Constraints(NamedTuple):
    """What a list of constraint objects comes to."""

    indexes: tuple[Index, ...]
    uniques: tuple[Unique, ...]
    checks: tuple[Check, ...]
    foreign_keys: tuple[ForeignKey, ...]
    primary_key: tuple[str, ...] | None
    """Columns of an explicit PrimaryKeyConstraint."""
    dynamic: bool


@query
def table_arguments(project: Project, cls: str) -> Arguments:
    """The `__table_args__` that count for a class: its own, or those of a mixin; a parent's plain attribute does not.

    And the constraints that stand in the class itself: `PrimaryKeyConstraint(id)` of Column objects joins their table.
    """
    stated = _table_arguments(project, cls)
    beside = _beside_columns(project, cls)
    return stated._replace(items=(*stated.items, *beside)) if beside else stated


_JOINING = frozenset({"Index", "PrimaryKeyConstraint", "UniqueConstraint"})


def _beside_columns(project: Project, cls: str) -> tuple[Value, ...]:
    body = project.get(Body, cls)
    calls = [s[1] for s in body.statements if s[0] == "expr" and ir.is_a(s[1], "call")] if body is not None else []
    return tuple(
        evaluated(project, cls, call)
        for call in calls
        if ir.last_name(call[1]) in _JOINING and any(a.__class__ is str for a in call[2])
    )


def _table_arguments(project: Project, cls: str) -> Arguments:
    found = declared_value(project, cls, "__table_args__")
    if found is None:
        return Arguments((), Mapping(()), False)
    value, owner = found
    if value is None:
        return Arguments((), Mapping(()), False)
    if isinstance(value, Mapping):
        return Arguments((), value, False)
    if value.__class__ is tuple:
        options = value[-1] if value and isinstance(value[-1], Mapping) else None
        items = value[:-1] if options is not None else value
        return Arguments(tuple(items), options or Mapping(()), False)
    return Arguments((), Mapping(()), owner == cls or not is_mapped(project, owner))


_IGNORED = ("ExcludeConstraint", "Comment", "DDL", "Sequence")


def parse_constraints(project: Project, items: tuple[Value, ...], owner: str) -> Constraints:
    """The constraints and indexes among a table's arguments; columns are left to others. `owner` is the class, "" for none."""
    indexes: list[Index] = []
    uniques: list[Unique] = []
    checks: list[Check] = []
    keys: list[ForeignKey] = []
    primary: tuple[str, ...] | None = None
    dynamic = False
    for item in items:
        call = opened(project, _plain(item))
        if call is None:
            dynamic = True
            continue
        match call.symbol.rpartition(".")[2]:
            case "Index":
                indexes.append(index(project, call, owner))
            case "UniqueConstraint":
                uniques.append(
                    Unique(text_of(call.get("name")), _columns(project, call.args, owner), False, call.place)
                )
                dynamic = dynamic or call.dynamic
            case "CheckConstraint":
                checks.append(check(project, call, call.place))
            case "ForeignKeyConstraint":
                keys.append(composite_key(project, call, owner))
            case "PrimaryKeyConstraint":
                primary = tuple(c for c in _columns(project, call.args, owner) if c is not None)
                dynamic = dynamic or call.dynamic
            case "Column":
                continue
            case name:
                dynamic = dynamic or name not in _IGNORED
    return Constraints(tuple(indexes), tuple(uniques), tuple(checks), tuple(keys), primary, dynamic)


def _plain(item: Value) -> Value:
    """`Index(...).ddl_if(dialect="postgresql")` is that index, for some databases."""
    if (
        isinstance(item, Code)
        and ir.is_a(item.expr, "call")
        and ir.is_a(item.expr[1], "attr")
        and item.expr[1][2] == "ddl_if"
    ):
        return item._replace(expr=item.expr[1][1])
    return item


def index(project: Project, call: Opened, owner: str) -> Index:
    """`Index("name", "column", User.other, func.lower(...), unique=True, postgresql_where=...)`."""
    name = call.args[0] if call.args else call.get("name")
    partial = any(k.endswith("_where") for k, _ in call.keywords)
    columns = _columns(project, call.args[1:], owner)
    return Index(text_of(name), columns, flag(call.get("unique"), False), partial, False, call.place)


def composite_key(project: Project, call: Opened, owner: str) -> ForeignKey:
    """`ForeignKeyConstraint(["a", "b"], ["other.a", "other.b"], ondelete=...)`."""
    local = call.argument(0, "columns", ())
    remote = call.argument(1, "refcolumns", ())
    columns = _columns(project, local if local.__class__ is tuple else (), owner)
    targets = tuple(column_target(project, t) for t in (remote if remote.__class__ is tuple else ()))
    return ForeignKey(
        text_of(call.get("name")),
        columns,
        targets,
        text_of(call.get("ondelete")),
        text_of(call.get("onupdate")),
        call.place,
    )


def _columns(project: Project, values: tuple[Value, ...], owner: str) -> tuple[str | None, ...]:
    return tuple(column_of(project, v, owner) for v in values)


def column_of(project: Project, value: Value, owner: str) -> str | None:
    """The column that an index or constraint names: a string, `id` of the same class body, `User.id`, `users.c.id`, `desc(...)`.

    None for expressions.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, Code):
        return None
    name = dotted(value.expr)
    if name is None:
        call = opened(project, value)
        if call is not None and call.symbol in ("sqlalchemy.Column", "sqlalchemy.orm.mapped_column"):
            return _own_column(project, call, value, owner)
        if call is not None and call.symbol in ("sqlalchemy.desc", "sqlalchemy.asc") and call.args:
            return column_of(project, call.args[0], owner)
        text = sql_text(project, value)
        return text if text is not None and text.isidentifier() else None
    path = attribute_path(project, value)
    if path is None:
        return None
    if project.get(Class, path[0]) is not None and "." not in path[1]:
        return column_name(project, path[0], path[1])
    column = path[1].removeprefix("c.").removeprefix("columns.")
    return column if column != path[1] and "." not in column else None


def _own_column(project: Project, call: Opened, value: Code, owner: str) -> str | None:
    """`Index("ix", id)` in a class body: the value is the very Column call that the class binds to a name."""
    given = call.get("name") or (call.args[0] if call.args else None)
    if isinstance(given, str):
        return given
    row = project.get(Class, value.key)
    if row is not None:
        for raw in row.raw_fields:
            if raw[2] == value.expr:
                return str(raw[0])
    return None
