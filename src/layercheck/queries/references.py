"""What a foreign key or a `secondary=` points to: "users.id", `User.id`, `users.c.id`, a Table object, a name in a string."""

from __future__ import annotations

from layercheck.facts.rows import Class
from layercheck.project import Project, query
from layercheck.queries.evaluate import Code, Ref, Value, constant
from layercheck.queries.schema_calls import attribute_path, opened
from layercheck.queries.symbols import imported
from layercheck.queries.tables_mapping import (
    is_mapped,
    lineage,
    metadata_argument,
    metadata_of,
    table_name,
    table_object,
)


def column_target(project: Project, value: Value) -> str:
    """The target of a foreign key as "table.column" (schema in front when there is one); "?" when it cannot be told."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Code):
        return "?"
    path = attribute_path(project, value)
    if path is None:
        return "?"
    owner, rest = path
    if project.get(Class, owner) is not None and not is_mapped(project, owner):
        owner = _imported_before(project, value.key, owner) or owner
    if project.get(Class, owner) is not None:
        attribute = rest.removeprefix("__table__.c.").removeprefix("__table__.columns.")
        if "." in attribute:
            return "?"
        table = full_table_name(project, owner)
        return f"{table}.{column_name(project, owner, attribute)}" if table is not None else "?"
    table = object_name(project, constant(project, owner))
    column = rest.removeprefix("c.").removeprefix("columns.")
    return f"{table}.{column}" if table is not None and column != rest and "." not in column else "?"


def _imported_before(project: Project, key: str, shadow: str) -> str | None:
    """The mapped class that a module imports under the name of a class it defines itself further down."""
    module = project.imports_in(key.partition(":")[0])
    name = shadow.rpartition(":")[2]
    for entry in module.imports if module is not None else ():
        if entry.bound == name and not entry.scope:
            found = imported(project, key.partition(":")[0], entry)
            if found is not None and is_mapped(project, found):
                return found
    return None


@query
def column_name(project: Project, cls: str, attribute: str) -> str:
    """The column behind a class attribute: the name given in its Column(...) call, else the attribute's own."""
    for base in lineage(project, cls):
        row = project.get(Class, base)
        if row is None:
            continue
        for raw in row.raw_fields:
            if raw[0] == attribute and raw[2] is not None:
                call = opened(project, constant(project, f"{base}.{attribute}"))
                if call is None:
                    return attribute
                given = call.get("name") or (call.args[0] if call.args else None)
                return given if isinstance(given, str) else attribute
    return attribute


@query(bottom=None)
def full_table_name(project: Project, cls: str) -> str | None:
    """A mapped class's table with its schema in front, None when the name is unknown."""
    made = table_object(project, cls)
    if made is not None:
        return object_name(project, made)
    if not is_mapped(project, cls):
        from layercheck.queries.tables_objects import imperative_in

        mappings = imperative_in(project, cls.partition(":")[0])
        return next((object_name(project, value) for key, value, _ in mappings if key == cls), None)
    name = table_name(project, cls)
    if name is None:
        return None
    schema = schema_of(project, cls)
    return f"{schema}.{name}" if schema else name


def schema_of(project: Project, cls: str) -> str | None:
    """The schema of a class's table: `__table_args__`, else the base's MetaData."""
    from layercheck.queries.tables_args import table_arguments

    arguments = table_arguments(project, cls)
    given = arguments.options.get("schema")
    if given is None:
        given = metadata_argument(project, metadata_of(project, cls), "schema")
    return given if isinstance(given, str) else None


def object_name(project: Project, value: Value) -> str | None:
    """The full name of a `Table("name", metadata, ..., schema=...)` object, None when it is something else or unknown."""
    call = opened(project, value)
    if call is None or call.symbol != "sqlalchemy.Table" or not call.args or not isinstance(call.args[0], str):
        return None
    schema = call.get("schema")
    if schema is None and len(call.args) > 1:
        schema = metadata_argument(project, call.args[1], "schema")
    return f"{schema}.{call.args[0]}" if isinstance(schema, str) and schema else call.args[0]


def table_reference(project: Project, value: Value) -> str:
    """The table that `secondary=` names: a Table object, its name, or a class (SQLModel's link_model)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Ref):
        return full_table_name(project, value.key) or "?"
    if isinstance(value, Code):
        found = object_name(project, value)
        if found is not None:
            return found
        path = attribute_path(project, value)
        if path is not None and path[1] == "__table__":
            return full_table_name(project, path[0]) or "?"
    return "?"
