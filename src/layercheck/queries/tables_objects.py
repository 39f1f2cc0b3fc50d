"""Table objects (`users = Table("users", metadata, Column(...), ...)`) and classes mapped to them imperatively."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.orm import IMPERATIVE
from layercheck.project import Project, query
from layercheck.queries.columns import Parsed, parse_column
from layercheck.queries.evaluate import UNKNOWN, Code, Ref, Scope, Value, callee, constant
from layercheck.queries.schema_calls import Opened, evaluated, opened
from layercheck.queries.tables_args import Constraints, parse_constraints
from layercheck.queries.words import has_words


@query
def table_objects_in(project: Project, path: str) -> tuple[str, ...]:
    """The keys ("path:name") of the Table objects that a module binds at module level."""
    body = project.get(Body, f"{path}:")
    if body is None:
        return ()
    out = []
    for name, kind, value, *_ in body.raw_binds:
        if kind == "=" and ir.is_a(value, "call") and "." not in name:
            key = f"{path}:{name}"
            if key not in out and callee(project, Scope(body.key), value[1]) == "sqlalchemy.Table":
                out.append(key)
    return tuple(out)


_MAPPING = frozenset({"map_imperatively", "mapper", "map_declaratively"})


@query
def name_of_object(project: Project, value: Value) -> str | None:
    """The key of the module-level Table object that a value is: columns belong to it, wherever the class lies that it is mapped to."""
    if not isinstance(value, Code):
        return None
    keys = table_objects_in(project, value.key.partition(":")[0])
    return next((key for key in keys if object_value(project, key) == value), None)


@query
def imperative_in(project: Project, path: str) -> tuple[tuple[str, Value, Value], ...]:
    """(class key, table value, properties value) of the `registry.map_imperatively(User, users, properties={...})` calls of a file."""
    if not has_words(project, path, _MAPPING):
        return ()
    keys = project.keys_said(path, lambda said: not _MAPPING.isdisjoint(said.words))
    return tuple([mapping for key in keys for mapping in _mapped_in(project, key)])


@query
def _mapped_in(project: Project, key: str) -> tuple[tuple[str, Value, Value], ...]:
    """The same for one body, so that an edit of another one asks nothing here."""
    body = project.get(Body, key)
    if body is None or _MAPPING.isdisjoint(body.words):
        return ()
    out: list[tuple[str, Value, Value]] = []
    for raw in body.raw_calls:
        call = raw[0]
        if ir.last_name(call[1]) not in _MAPPING:
            continue
        if callee(project, Scope(body.key), call[1]) not in IMPERATIVE:
            continue
        made = opened(project, _local(project, body, call))
        cls = made.argument(0, "class_", UNKNOWN) if made is not None else UNKNOWN
        if made is not None and isinstance(cls, Ref):
            out.append((cls.key, made.argument(1, "local_table"), made.get("properties")))
    return tuple(out)


def _local(project: Project, body: Body, call: ir.Expr) -> Code:
    """A call with the values of the local names of a function like `start_mappers()` that it uses, where they are plain."""
    if project.get(Function, body.key) is None:
        return Code(body.key, call)
    names = {}
    for name, kind, value, _, _, at in body.raw_binds:
        if kind == "=" and at < call[4] and ir.is_a(value, "call"):
            names[name] = evaluated(project, body.key, value)
    return Code(body.key, call, tuple(sorted(names.items(), key=lambda pair: pair[0])))


def open_table(project: Project, value: Value) -> Opened | None:
    """The `Table(...)` call that a value stands for."""
    call = opened(project, value)
    return call if call is not None and call.symbol == "sqlalchemy.Table" and call.args else None


def object_parts(
    project: Project, call: Opened, key: str, first: int = 2
) -> tuple[tuple[Parsed, ...], Constraints, tuple[str, ...]]:
    """(columns, constraints, gaps) of a `Table("name", metadata, ...)` call; `first` is where columns begin.

    Alembic's create_table has the same arguments without the metadata.
    """
    columns = []
    rest = []
    gaps = ["arguments of the table"] if call.dynamic else []
    for arg in call.args[first:]:
        parsed = parse_column(project, arg, "", key)
        if parsed is not None:
            columns.append(parsed)
            if parsed.dynamic or not parsed.named:
                gaps.append(f"arguments of column {parsed.column.name}")
        else:
            rest.append(arg)
    if call.has("autoload_with") or call.get("autoload") is True:
        gaps.append("reflected columns")
    constraints = parse_constraints(project, tuple(rest), "")
    if constraints.dynamic:
        gaps.append("arguments of the table")
    return tuple(columns), constraints, tuple(gaps)


def object_value(project: Project, key: str) -> Value:
    """The value of a Table object by its key."""
    return constant(project, key)


__all__ = ["imperative_in", "name_of_object", "object_parts", "object_value", "open_table", "table_objects_in"]
