"""Which MetaData a table belongs to: a project may have several (one a database), and a migration environment compares with one.

A MetaData is named by where it is made: "app/db.py:Base" (a declarative base class or variable), "app/db.py:metadata" (a variable),
"sqlmodel.SQLModel".
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.ir import dotted
from layercheck.knowledge.orm import AS_DECLARATIVE, BASE_CLASSES, BASE_MAKERS
from layercheck.project import Project, query
from layercheck.queries.evaluate import (
    Code,
    Evaluator,
    Ref,
    Scope,
    Value,
    callee,
    constant,
    made_by,
    scope_of,
    symbol_at,
)
from layercheck.queries.models import SQLMODEL
from layercheck.queries.schema_calls import attribute_path, opened
from layercheck.queries.tables_mapping import is_decorated, lineage


@query(bottom=None)
def class_metadata(project: Project, cls: str) -> str | None:
    """The MetaData of a mapped class: that of the nearest base that makes or names one. None when it cannot be told."""
    for base in lineage(project, cls):
        row = project.get(Class, base)
        if row is None:
            if base == SQLMODEL:
                return SQLMODEL
            continue
        for raw in row.raw_fields:
            if raw[0] in ("metadata", "registry") and raw[2] is not None:
                return metadata_of_expression(project, base, raw[2]) or f"{base}.{raw[0]}"
        registry = next((value for name, value in row.keywords if name in ("registry", "metadata")), None)
        if registry is not None:
            return metadata_of_expression(project, base, registry) or base
        for expression in row.bases:
            found = _of_base(project, row, expression)
            if found is not None:
                return found
        if is_decorated(project, base, AS_DECLARATIVE):
            return base
    return None


def _of_base(project: Project, row: Class, expression: ir.Expr) -> str | None:
    """The MetaData of a class directly below DeclarativeBase, or below `Base = declarative_base()`."""
    name = dotted(expression)
    outside = f"{row.path}:{row.parent}"
    symbol = symbol_at(project, outside, name) if name else None
    if symbol in BASE_CLASSES:
        return row.key
    if symbol is not None and ":" in symbol and project.get(Class, symbol) is None:
        return _of_variable(project, symbol)
    return None


def _of_variable(project: Project, symbol: str) -> str | None:
    """The MetaData behind a module variable: a MetaData, a registry, or a made declarative base."""
    call = opened(project, constant(project, symbol))
    if call is None:
        return None
    if call.symbol in ("sqlalchemy.MetaData", "sqlalchemy.orm.registry"):
        given = call.get("metadata")
        return metadata_of_value(project, given) or symbol if given is not None else symbol
    if call.symbol in BASE_MAKERS:
        given = call.argument(1, "metadata") if call.symbol.endswith("declarative_base") else None
        return (metadata_of_value(project, given) if given is not None else None) or symbol
    return None


def metadata_of_expression(project: Project, key: str, e: ir.Expr) -> str | None:
    """The MetaData that an expression in `key` means: `metadata`, `Base.metadata`, `registry.metadata`."""
    name = dotted(e)
    if name is None:
        return None
    symbol = symbol_at(project, key, name)
    if symbol is not None and ":" in symbol and not symbol.endswith(":") and project.get(Class, symbol) is None:
        owner, _, attribute = symbol.rpartition(".")
        if attribute == "metadata" and project.get(Class, owner) is not None:
            return class_metadata(project, owner)
        return _of_variable(project, symbol)
    return metadata_of_value(project, Code(key, e))


def metadata_of_value(project: Project, value: Value) -> str | None:
    """The MetaData that an evaluated argument means."""
    if isinstance(value, Ref):
        return class_metadata(project, value.key)
    if not isinstance(value, Code):
        return None
    if ir.is_a(value.expr, "call"):
        return _made_at(project, value) if made_by(project, value) == "sqlalchemy.MetaData" else None
    symbol = callee(project, scope_of(value), value.expr)
    if symbol == f"{SQLMODEL}.metadata":
        return SQLMODEL
    path = attribute_path(project, value)
    if path is None or path[1] != "metadata":
        return None
    return (
        class_metadata(project, path[0]) if project.get(Class, path[0]) is not None else _of_variable(project, path[0])
    )


@query
def _made_at(project: Project, value: Code) -> str | None:
    """The module variable that holds a `MetaData()` call."""
    path = value.key.partition(":")[0]
    body = project.get(Body, f"{path}:")
    for raw in body.raw_binds if body is not None else ():
        if raw[1] == "=" and raw[2] == value.expr:
            return f"{path}:{raw[0]}"
    row = project.get(Class, value.key)
    for raw in row.raw_fields if row is not None else ():
        if raw[2] == value.expr:
            return f"{value.key}.{raw[0]}"
    return None


@query
def target_metadata(project: Project, folder: str) -> tuple[str, ...] | None:
    """What `target_metadata` in the env.py of a migration environment means; None when it cannot be told."""
    path = f"{folder}/env.py" if folder else "env.py"
    body = project.get(Body, f"{path}:")
    if body is None:
        return None
    found: tuple[str, ...] | None = None
    for raw in body.raw_binds:
        if raw[0] == "target_metadata" and raw[1] == "=" and raw[2] is not None:
            items = raw[2][1] if ir.is_a(raw[2], "list") or ir.is_a(raw[2], "tuple") else (raw[2],)
            named = [
                metadata_of_expression(project, body.key, i)
                or metadata_of_value(project, Evaluator(project).value(Scope(body.key), i))
                for i in items
            ]
            found = tuple(n for n in named if n is not None) if all(named) else None
    return found
