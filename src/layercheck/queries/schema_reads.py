"""Which lazy relationships Pydantic reads when it makes a schema of an ORM instance."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.project import Project
from layercheck.queries.instances import Late, Rows, element, is_lazy, related
from layercheck.queries.late import expired_row, late_column
from layercheck.queries.models import is_schema
from layercheck.queries.schemas import SchemaField, classes_in, schema_fields
from layercheck.queries.symbols import class_attribute, mro
from layercheck.queries.tables import relationship
from layercheck.queries.tables_rows import Relationship
from layercheck.tuples import NamedTuple

_REWRITES = frozenset({"model_validator", "root_validator"})
_DEEP = 4


class Read(NamedTuple):
    """One relationship that a field of a schema reads."""

    field: SchemaField
    schema_name: str
    row: Rows
    relationship: Relationship | Late


def schema_reads(project: Project, row: Rows, schema: str, depth: int = 0) -> list[Read]:
    """The lazy relationships that `schema` reads of a row, nested schemas included; the first of each path only."""
    if depth > _DEEP:
        return []
    rewriting = rewriters(project, schema)
    if rewriting:
        return _rewriter_reads(project, row, schema, rewriting)
    found: list[Read] = []
    if row.expired:
        for field in schema_fields(project, schema):
            again = expired_row(project, row, read_name(field))
            if again is not None:
                found.append(Read(field, schema.rpartition(":")[2], row, again))
                break
    for field in schema_fields(project, schema):
        found += _field_reads(project, row, schema, field, depth)
    return found


def nested_reads(project: Project, row: Rows, schema: str) -> list[Read]:
    """The lazy collections that `schema` reads of each row in a collection of a single row: one query for each of these.

    A collection of the row itself is one query. Single rows beside its items (`line.order.customer`) are often the same for all.
    """
    if rewriters(project, schema):
        return []
    found: list[Read] = []
    for field in schema_fields(project, schema):
        linked = relationship(project, row.entity, read_name(field))
        value = related(project, row, linked) if linked is not None else None
        if linked is None or not isinstance(value, Rows) or value.shape != "many":
            continue
        if row.guarded and is_lazy(project, row, linked):
            continue  # over an async session a lazy read fails: who knows what was loaded, and how
        inner = element(value, 1)
        if not isinstance(inner, Rows):
            continue
        for nested in classes_in(project, field.owner, field.annotation):
            if is_schema(project, nested):
                reads = schema_reads(project, inner, nested, 1)
                found += [r for r in reads if r.relationship.uselist and r.row.path == inner.path]
    return found


def _field_reads(project: Project, row: Rows, schema: str, field: SchemaField, depth: int) -> list[Read]:
    name = read_name(field)
    linked = relationship(project, row.entity, name)
    if linked is None:
        late = late_column(project, row, name)
        if late is not None:
            return [Read(field, schema.rpartition(":")[2], row, late)]
        return _property_reads(project, row, schema, field, name)
    if is_lazy(project, row, linked):
        return [Read(field, schema.rpartition(":")[2], row, linked)]
    value = related(project, row, linked)
    inner = element(value, row.loop) if isinstance(value, Rows) and value.shape == "many" else value
    out: list[Read] = []
    if isinstance(inner, Rows):
        for nested in classes_in(project, field.owner, field.annotation):
            if is_schema(project, nested):
                out += schema_reads(project, inner, nested, depth + 1)
    return out


def _property_reads(project: Project, row: Rows, schema: str, field: SchemaField, name: str) -> list[Read]:
    symbol = class_attribute(project, row.entity, name)
    function = project.get(Function, symbol) if symbol is not None and ":" in symbol else None
    if function is None or not function.decorators or not function.raw_params:
        return []
    return _function_reads(project, row, schema, field, function, 0)


def _function_reads(
    project: Project, row: Rows, schema: str, field: SchemaField, function: Function, position: int
) -> list[Read]:
    """What a function reads of a row that it gets as the parameter at a position."""
    from layercheck.queries.instance_flow import flow

    given = row._replace(given=True, loop=-1)
    accesses = flow(project, function.key, None, ((function.raw_params[position][0], given),)).accesses
    return [
        Read(field, schema.rpartition(":")[2], a.row._replace(loop=row.loop, given=row.given), a.relationship)
        for a in accesses
        if a.row.given
    ]


def _rewriter_reads(project: Project, row: Rows, schema: str, rewriting: tuple[str, ...]) -> list[Read]:
    """What the validators that get the row first read of it; what they make of it is not followed."""
    field = next(iter(schema_fields(project, schema)), None)
    functions = [
        f for f in (project.get(Function, key) for key in rewriting) if f is not None and len(f.raw_params) > 1
    ]
    return [
        read
        for function in functions
        for read in (
            _function_reads(project, row, schema, field._replace(name=function.name), function, 1) if field else ()
        )
    ]


def read_name(field: SchemaField) -> str:
    """The attribute that a field reads: its (validation) alias when that is a plain text or a path, else its name."""
    if ir.is_a(field.value, "call") and field.value is not None:
        for keyword in ("validation_alias", "alias"):
            alias = ir.keyword(field.value, keyword)
            if ir.is_a(alias, "call") and alias is not None and ir.last_name(alias[1]) == "AliasPath" and alias[2]:
                alias = alias[2][0]
            text = ir.text_of(alias)
            if text is not None:
                return text
    return field.name


def rewriters(project: Project, schema: str) -> tuple[str, ...]:
    """The validators of a schema that get the instance first and may make something else of it."""
    found = []
    for base in mro(project, schema):
        row = project.get(Class, base)
        for _, qualname in row.methods if row is not None else ():
            function = project.get(Function, f"{base.partition(':')[0]}:{qualname}")
            for decorator in function.decorators if function is not None else ():
                if not ir.is_a(decorator, "call") or ir.last_name(decorator[1]) not in _REWRITES:
                    continue
                if ir.keyword(decorator, "mode") != ("const", "after") and function is not None:
                    found.append(function.key)
    return tuple(found)
