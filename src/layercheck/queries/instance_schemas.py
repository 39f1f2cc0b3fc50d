"""Schemas that are made of ORM instances: each reads the relationships that its fields name."""

from __future__ import annotations

from layercheck import ir
from layercheck.ir import Expr, dotted
from layercheck.queries.instance_flow import Walker
from layercheck.queries.instances import Access, Fields, Rows, Value, element
from layercheck.queries.models import is_schema
from layercheck.queries.schema_reads import nested_reads, schema_reads
from layercheck.queries.schemas import classes_in, schema_fields
from layercheck.queries.symbols import binding, resolve


def validated(walker: Walker, schema: str, value: Value, at: int) -> Value:
    """`OrderOut.model_validate(order)` reads every attribute that the schema names."""
    if isinstance(value, Rows) and value.shape == "one" and is_schema(walker.project, schema):
        _note_reads(walker, schema, value, at)
    return Fields((), schema)


def serialised(walker: Walker, schema: str, name: str, value: Rows, at: int) -> None:
    """`OrderPage(items=orders)`: validates each of the rows with the schema of the field."""
    field = next((f for f in schema_fields(walker.project, schema) if f.name == name), None)
    if field is None or value.shape not in ("many", "one"):
        return
    row = element(value, at + 1) if value.shape == "many" else value
    if not isinstance(row, Rows):
        return
    for inner in classes_in(walker.project, field.owner, field.annotation):
        if is_schema(walker.project, inner):
            _note_reads(walker, inner, row, at)


def adapted(walker: Walker, call: Expr, value: Value) -> Value:
    """`TypeAdapter(list[OrderOut]).validate_python(orders)`, the adapter kept in a name or made on the spot."""
    func = call[1]
    scope, adapter = walker.key, func[1] if ir.is_a(func, "attr") else None
    name = (dotted(func) or "").rpartition(".")[0]
    symbol = resolve(walker.project, walker.key, name) if name else None
    if symbol is not None and ":" in symbol:
        bind = binding(walker.project, symbol)
        scope, adapter = f"{symbol.partition(':')[0]}:", bind.value if bind is not None else None
    elif name:
        adapter = next((raw[2] for raw in walker.body.raw_binds if raw[0] == name), None)
    row = element(value, call[4] + 1) if isinstance(value, Rows) and value.shape == "many" else value
    if ir.is_a(adapter, "call") and adapter is not None and adapter[2] and isinstance(row, Rows) and row.loop:
        for schema in classes_in(walker.project, scope, adapter[2][0]):
            if is_schema(walker.project, schema):
                _note_reads(walker, schema, row, call[4])
    return None


def _note_reads(walker: Walker, schema: str, row: Rows, at: int) -> None:
    for read in (schema_reads if row.loop else nested_reads)(walker.project, row, schema):
        where = (read.field.place.key, read.field.place.at, f"{read.schema_name}.{read.field.name} reads it")
        walker.accesses.append(
            Access(at, read.row, read.relationship, f"{read.schema_name}.{read.field.name}", (where,))
        )
