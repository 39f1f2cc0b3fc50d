"""The tables that the models declare: columns, keys, indexes, constraints, relationships.

    table_of(project, "app/models.py:User")       the table of a mapped class, as that class sees it
    all_tables(project)                           every physical table once, as `metadata.tables` would list them
    relationships_of(project, key)                with those of parents, mixins, and of backrefs on the other side

The judge is the running application: these rows are compared with `Base.metadata` and the mappers (tests/queries, benchmarks).
"""

from __future__ import annotations

from typing import Any

from layercheck.facts.rows import Class
from layercheck.project import Project, query
from layercheck.queries.evaluate import UNKNOWN, Mapping, Value
from layercheck.queries.metadata import class_metadata, metadata_of_value
from layercheck.queries.models import SQLMODEL
from layercheck.queries.references import object_name, schema_of
from layercheck.queries.schema_calls import opened
from layercheck.queries.tables_args import parse_constraints, table_arguments
from layercheck.queries.tables_assembly import assembled
from layercheck.queries.tables_classes import class_parts, loose_indexes, relationship_calls
from layercheck.queries.tables_mapping import (
    is_mapped,
    lineage,
    mapped_parent,
    metadata_of,
    shares_table,
    table_name,
    table_object,
)
from layercheck.queries.tables_objects import (
    imperative_in,
    name_of_object,
    object_parts,
    object_value,
    open_table,
    table_objects_in,
)
from layercheck.queries.tables_relationships import backref_of, of_the_application, parse_relationship
from layercheck.queries.tables_rows import Column, Relationship, Table

# ------------------------------------------------------------------------------------------------------- which classes


@query
def mapped_in(project: Project, path: str) -> tuple[str, ...]:
    """The keys of the classes of a file that are mapped declaratively, in source order."""
    return tuple(c.key for c in project.of_file(Class, path) if is_mapped(project, c.key))


@query
def maps_anything(project: Project) -> bool:
    """Whether the project has mapped classes."""
    return bool(mapped_classes(project))


@query
def mapped_classes(project: Project) -> tuple[str, ...]:
    """The keys of all mapped classes, imperative ones included, sorted by path."""
    out: list[str] = []
    for path in project.files():
        if path.endswith(".py"):
            out.extend(mapped_in(project, path))
    out.extend(key for key, _, _ in imperative_mappings(project) if key not in out)
    return tuple(out)


@query
def imperative_mappings(project: Project) -> tuple[tuple[str, Value, Value], ...]:
    """(class, table, properties) of every imperative mapping in the project."""
    return tuple(m for path in project.files() if path.endswith(".py") for m in imperative_in(project, path))


@query
def table_objects(project: Project) -> tuple[str, ...]:
    """The keys of all Table objects that modules hold."""
    return tuple(key for path in project.files() if path.endswith(".py") for key in table_objects_in(project, path))


# ------------------------------------------------------------------------------------------------------------- tables


@query(bottom=None)
def table_of(project: Project, key: str) -> Table | None:
    """The table of a mapped class ("path:Class") or of a Table object ("path:name"), None when the key is neither.

    For single-table inheritance the columns are the parent's and the class's own, and `shares` is true.
    """
    row = project.get(Class, key)
    if row is None:
        return (
            _object_table(project, key, object_value(project, key), "table")
            if key in table_objects_in(project, key.partition(":")[0])
            else None
        )
    if is_mapped(project, key):
        made = table_object(project, key)
        if made is not None:
            return _on_object(project, key, made)
        return _declarative(project, row)
    for cls, made, properties in imperative_mappings(project):
        if cls == key:
            return _imperative(project, key, made, properties)
    return None


def _declarative(project: Project, row: Class) -> Table | None:
    key = row.key
    parts = class_parts(project, key)
    arguments = table_arguments(project, key)
    gaps = list(parts.gaps)
    constraints = parse_constraints(project, arguments.items, key)
    if arguments.dynamic or constraints.dynamic:
        gaps.append("__table_args__")
    name = table_name(project, key)
    if name is None:
        gaps.append("__tablename__")
    shares = shares_table(project, key)
    parent = mapped_parent(project, key)
    style = "sqlmodel" if SQLMODEL in lineage(project, key) else "declarative"
    metadata = metadata_of(project, key)
    table = Table(
        key, name, schema_of(project, key), (), parts.indexes, (), (), (), parts.relationships, parent, shares, style, (), row.place(),
        class_metadata(project, key),
    )  # fmt: skip
    table = assembled(project, table, parts.columns, constraints, tuple(gaps), metadata)
    if shares and parent is not None:
        above = table_of(project, parent)
        return _under(table, above) if above is not None else table
    return table


def _under(table: Table, above: Table) -> Table:
    """A class of single-table inheritance sees its parent's table, and adds to it."""
    own = {c.name for c in table.columns}
    return table._replace(
        schema=above.schema,
        columns=(*(c for c in above.columns if c.name not in own), *table.columns),
        indexes=above.indexes + table.indexes,
        unique_constraints=above.unique_constraints + table.unique_constraints,
        check_constraints=above.check_constraints + table.check_constraints,
        foreign_keys=above.foreign_keys + table.foreign_keys,
        gaps=tuple(dict.fromkeys(above.gaps + table.gaps)),
    )


def _object_table(project: Project, key: str, value: Value, style: str) -> Table | None:
    call = open_table(project, value)
    if call is None:
        return None
    owner = name_of_object(project, value) or key
    columns, constraints, gaps = object_parts(project, call, owner)
    name = call.args[0] if isinstance(call.args[0], str) else None
    full = object_name(project, value)
    schema = full.rpartition(".")[0] if full is not None and full != name else None
    loose = tuple(i for o, i in loose_indexes(project, owner.partition(":")[0]) if o in (key, owner))
    table = Table(key, name, schema or None, (), loose, (), (), (), (), None, False, style, (), call.place)
    if name is None:
        gaps = (*gaps, "name of the table")
    metadata = call.args[1] if len(call.args) > 1 else UNKNOWN
    table = table._replace(metadata=metadata_of_value(project, metadata))
    return assembled(project, table, columns, constraints, gaps, metadata)


def _on_object(project: Project, key: str, made: Value) -> Table | None:
    """A declarative class with `__table__ = Table(...)`."""
    table = _object_table(project, key, made, "imperative")
    row = project.get(Class, key)
    parts = class_parts(project, key)
    if table is None:
        if row is None:
            return None
        return Table(
            key,
            None,
            None,
            (),
            (),
            (),
            (),
            (),
            parts.relationships,
            mapped_parent(project, key),
            False,
            "imperative",
            ("__table__",),
            row.place(),
        )
    return table._replace(relationships=parts.relationships, parent=mapped_parent(project, key))


def _imperative(project: Project, key: str, made: Value, properties: Value) -> Table | None:
    """A class mapped with `map_imperatively(User, users, properties={"posts": relationship(Post)})`."""
    table = _object_table(project, key, made, "imperative")
    if table is None:
        return None
    found = []
    for name, value in properties.items if isinstance(properties, Mapping) else ():
        if isinstance(name, str):
            place = call.place if (call := opened(project, value)) is not None else table.place
            relationship = parse_relationship(project, value, None, None, name, key, place)
            if relationship is not None:
                found.append(relationship)
    return table._replace(relationships=tuple(found))


@query
def all_tables(project: Project) -> tuple[Table, ...]:
    """Every table once: classes of single-table inheritance are folded into the table that they share.

    Table objects that a class is mapped to appear under the class. Sorted by path and place in it.
    """
    tables: dict[str, Table] = {}
    claimed = set()
    below: dict[str, list[Table]] = {}
    for key in mapped_classes(project):
        table = table_of(project, key)
        if table is None:
            continue
        if table.shares:
            below.setdefault(_root(project, key), []).append(table)
        else:
            tables[key] = table
            claimed.add(table.place)
    for key in table_objects(project):
        table = table_of(project, key)
        if table is not None and table.place not in claimed:
            tables[key] = table
    for root, children in below.items():
        if root in tables:
            tables[root] = _folded(tables[root], children)
    return tuple(tables[k] for k in sorted(tables, key=lambda k: k.partition(":")[0]))


def _root(project: Project, key: str) -> str:
    while (parent := mapped_parent(project, key)) is not None and shares_table(project, key):
        key = parent
    return key


def _folded(table: Table, children: list[Table]) -> Table:
    columns = {c.name: c for child in reversed(children) for c in child.columns} | {c.name: c for c in table.columns}
    ordered = (*table.columns, *(c for name, c in columns.items() if table.column(name) is None))

    def more(name: str) -> Any:
        return tuple(dict.fromkeys(row for t in (table, *children) for row in getattr(t, name)))

    return table._replace(
        columns=ordered,
        **{name: more(name) for name in ("indexes", "unique_constraints", "check_constraints", "foreign_keys", "gaps")},
    )


@query
def _by_full_name(project: Project) -> dict[str, tuple[Table, ...]]:
    return _indexed([(t.full_name, t) for t in all_tables(project)])


@query
def _by_name(project: Project) -> dict[str, tuple[Table, ...]]:
    return _indexed([(t.name, t) for t in all_tables(project)])


@query
def tables_by_class(project: Project) -> dict[str, tuple[Table, ...]]:
    """All tables by what their class (or Table object) is called within its module."""
    return _indexed([(t.key.rpartition(":")[2], t) for t in all_tables(project)])


def _indexed(named: list[tuple[str | None, Table]]) -> dict[str, tuple[Table, ...]]:
    found: dict[str, list[Table]] = {}
    for name, table in named:
        if name is not None:
            found.setdefault(name, []).append(table)
    return {name: tuple(tables) for name, tables in found.items()}


def tables_named(project: Project, name: str | None) -> tuple[Table, ...]:
    """The tables of this name, of any schema."""
    return _by_name(project).get(name, ()) if name is not None else ()


@query
def table_by_name(project: Project, name: str) -> Table | None:
    """The table of this name ("users", or "schema.users"), None when there is none or several declare it.

    Snapshots of models in migrations and tests do not count beside the application's own.
    """
    found = _by_full_name(project).get(name) or tables_named(project, name)
    kept = of_the_application(project, tuple(t.key for t in found))
    return table_of(project, kept[0]) if len(kept) == 1 else None


def column_type(project: Project, table: Table, column: Column) -> str | None:
    """The type of a column as text; a foreign key column without a type has that of the column it points to."""
    for _ in range(5):
        if column.type is not None or not column.foreign_keys:
            return column.type
        owner, _, name = column.foreign_keys[0].rpartition(".")
        target = table_by_name(project, owner)
        found = target.column(name) if target is not None else None
        if found is None or found is column:
            return None
        column = found
    return None


# ------------------------------------------------------------------------------------------------------ relationships


@query
def backrefs(project: Project) -> tuple[tuple[str, Relationship], ...]:
    """(target class, relationship) of every relationship that a `backref=` makes on the other side."""
    out = []
    for key in mapped_classes(project):
        table = table_of(project, key)
        if table is None or not any(r.backref for r in table.relationships):
            continue
        calls = dict(relationship_calls(project, key))
        for relationship in table.relationships:
            value = calls.get(relationship.attribute)
            made = backref_of(project, relationship._replace(owner=key), value) if value is not None else None
            if made is not None and relationship.target is not None:
                out.append((relationship.target, made._replace(owner=relationship.target)))
    return tuple(out)


@query(bottom=())
def relationships_of(project: Project, key: str) -> tuple[Relationship, ...]:
    """The relationships of a mapped class: its own, those of mixins and mapped parents, and those made by backrefs."""
    table = table_of(project, key)
    if table is None:
        return ()
    found = {r.attribute: r for r in table.relationships}
    for target, made in backrefs(project):
        if target == key:
            found.setdefault(made.attribute, made)
    if table.parent is not None:
        for inherited in relationships_of(project, table.parent):
            found.setdefault(inherited.attribute, inherited)
    return tuple(_directed(project, key, r) for r in found.values())


def _directed(project: Project, key: str, relationship: Relationship) -> Relationship:
    """With `uselist` told from the direction of the foreign keys, where nothing else tells it."""
    if relationship.uselist is not None or relationship.target is None:
        return relationship
    if relationship.secondary is not None:
        return relationship._replace(uselist=True)
    here, there = table_of(project, key), table_of(project, relationship.target)
    own, other = (t.full_name if t is not None else None for t in (here, there))
    if here is None or there is None or own is None or other is None:
        return relationship
    if own == other:
        remote = {attribute for _, attribute in _listed(relationship.remote_side)}
        return relationship._replace(
            uselist=not any(c.primary_key and remote & {c.attribute, c.name} for c in here.columns)
        )
    listed = _listed(relationship.foreign_keys)
    if listed:
        local = any(not cls or cls == key.rpartition(":")[2] for cls, _ in listed)
        return relationship._replace(uselist=not local)
    outward, inward = _points_to(here, other), _points_to(there, own)
    return relationship if outward is inward else relationship._replace(uselist=inward)


def _listed(text: str | None) -> tuple[tuple[str, str], ...]:
    """(class, attribute) of the columns that a relationship lists; the class is "" for its own."""
    parts = [part.strip().rpartition(".") for part in (text or "").split(",") if part.strip()]
    return tuple((owner.rpartition(".")[2], name) for owner, _, name in parts)


def _points_to(table: Table, other: str) -> bool:
    return any(_of_table(t, other) for c in table.columns for t in c.foreign_keys)


def _of_table(target: str, table: str) -> bool:
    return target.rpartition(".")[0] == table


def relationship(project: Project, key: str, attribute: str) -> Relationship | None:
    """The relationship of a mapped class under this attribute name, inherited ones included; None when there is none."""
    return next((r for r in relationships_of(project, key) if r.attribute == attribute), None)
