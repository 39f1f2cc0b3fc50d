"""Which classes are mapped to a table, to which one, and what they inherit.

Source: sqlalchemy/orm/decl_base.py (`_scan_attributes`: which of `__tablename__` and `__table_args__` of mixins and parents count),
sqlmodel/main.py (`SQLModelMetaclass`).
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import dotted
from layercheck.knowledge.orm import (
    AS_DECLARATIVE,
    BASE_CLASSES,
    BASE_MAKERS,
    COLUMNLESS_BASES,
    LIBRARY_COLUMNS,
    MAPPING_DECORATORS,
)
from layercheck.knowledge.types import BASES
from layercheck.project import Project, query
from layercheck.queries.evaluate import UNKNOWN, Code, Evaluator, Ref, Scope, Value, callee, constant, scope_of
from layercheck.queries.models import DECLARATIVE, SQLMODEL
from layercheck.queries.schema_calls import opened
from layercheck.queries.symbols import base_symbol, outside, resolve

_SNAKE_NAMED = ("advanced_alchemy.",)
"""Libraries whose bases name a table after its class in snake case."""


@query(bottom=())
def lineage(project: Project, cls: str) -> tuple[str, ...]:
    """The class and its bases in method resolution order (C3), external ones by canonical name.

    Goes through `Base = declarative_base(cls=Mixin)` and `Base = mapper_registry.generate_base()`. Bases that cannot be resolved
    are "?".
    """
    parents = _parents(project, cls)
    merged = _c3([list(lineage(project, p)) if p != "?" else ["?"] for p in parents] + [list(parents)])
    return (cls, *merged)


def _parents(project: Project, cls: str) -> tuple[str, ...]:
    row = project.get(Class, cls)
    if row is None:
        return BASES.get(cls, ())
    out = []
    for base in row.bases:
        symbol = base_symbol(project, row, base)
        if symbol is None and (name := dotted(base)) is not None:
            made = callee(project, Scope(outside(cls)), name)
            symbol = made if made is not None and ":" not in made else None
        if symbol is not None and ":" in symbol and project.get(Class, symbol) is None:
            out.extend(_made_base(project, symbol))
        elif symbol is not None and symbol.endswith("()"):
            out.extend(_maker_of(project, row, base, symbol))
        else:
            out.append(symbol or "?")
    return tuple(dict.fromkeys(out))


def _made_base(project: Project, symbol: str) -> list[str]:
    """The bases of what a module variable holds: `Base = registry.generate_base(cls=Mixin)`."""
    call = opened(project, constant(project, symbol))
    if call is None or call.symbol not in BASE_MAKERS:
        return ["?"]
    mixins = call.get("cls")
    found = [m.key for m in (mixins if mixins.__class__ is tuple else (mixins,)) if isinstance(m, Ref)]
    if mixins is not None and not found:
        found = ["?"]
    return [*found, f"{call.symbol}()"]


def _maker_of(project: Project, row: Class, base: ir.Expr, symbol: str) -> list[str]:
    """`symbol` is "...declarative_base()": look for the variable that holds it, to see its `cls=`."""
    name = dotted(base)
    variable = resolve(project, outside(row.key), name) if name else None
    if variable is not None and ":" in variable and project.get(Class, variable) is None:
        found = _made_base(project, variable)
        if found != ["?"]:
            return found
    return [symbol]


def _c3(sequences: list[list[str]]) -> list[str]:
    """The C3 linearisation of Python; where there is none, the order of first appearance."""
    flat = [s for sequence in sequences for s in sequence]
    out: list[str] = []
    work = [list(s) for s in sequences if s]
    while work:
        head = next((s[0] for s in work if not any(s[0] in other[1:] for other in work)), None)
        if head is None:
            return out + [s for s in dict.fromkeys(flat) if s not in out]
        out.append(head)
        work = [rest for s in work if (rest := [x for x in s if x != head])]
    return out


@query
def is_declarative(project: Project, cls: str) -> bool:
    """Whether a class has a declarative base of SQLAlchemy above it (SQLModel not counted), or is decorated to be mapped."""
    found = lineage(project, cls)
    if any(
        base in DECLARATIVE or base.removesuffix("()") in BASE_MAKERS or base in LIBRARY_COLUMNS for base in found[1:]
    ):
        return True
    return any(is_decorated(project, base, AS_DECLARATIVE | MAPPING_DECORATORS) for base in found)


def is_decorated(project: Project, cls: str, symbols: frozenset[str]) -> bool:
    """Whether a class has one of these decorators, called or not."""
    row = project.get(Class, cls)
    if row is None:
        return False
    for decorator in row.decorators:
        func = decorator[1] if ir.is_a(decorator, "call") else decorator
        if callee(project, Scope(outside(cls)), func) in symbols:
            return True
    return False


@query(bottom=False)
def is_mapped(project: Project, cls: str) -> bool:
    """Whether a class of the project is mapped to a table, its own or its parent's. Abstract bases and mixins are not."""
    row = project.get(Class, cls)
    if row is None:
        return False
    own = {raw[0]: raw[2] for raw in row.raw_fields}
    if own.get("__abstract__") == ("const", True):
        return False
    found = lineage(project, cls)
    if SQLMODEL in found:
        return _is_table_model(row, own) and not any(is_mapped(project, b) for b in found[1:] if ":" in b)
    parents = _parents(project, cls)
    if is_declarative(project, cls):
        if any(p in BASE_CLASSES for p in parents) or is_decorated(project, cls, AS_DECLARATIVE):
            return False
        return (
            "__table__" in own
            or _names_table(project, found)
            or any(is_mapped(project, b) for b in found[1:] if ":" in b)
            or ("?" in found and _has_columns(project, row))
        )
    return "?" in found and "__tablename__" in own and _has_columns(project, row)


def _is_table_model(row: Class, own: dict[str, ir.Expr]) -> bool:
    if any(name == "table" and value == ("const", True) for name, value in row.keywords):
        return True
    config: ir.Expr = own.get("model_config")
    if ir.is_a(config, "dict"):
        return any(k == ("const", "table") and v == ("const", True) for k, v in config[1])
    return ir.is_a(config, "call") and ir.keyword(config, "table") == ("const", True)


def _names_table(project: Project, found: tuple[str, ...]) -> bool:
    """Whether the class or something above it says how the table is called."""
    for base in found:
        if any(base.startswith(prefix) for prefix in _SNAKE_NAMED) or base in LIBRARY_COLUMNS:
            return True
        row = project.get(Class, base)
        if row is not None and (
            any(raw[0] == "__tablename__" and raw[2] is not None for raw in row.raw_fields)
            or any(m == "__tablename__" for m, _ in row.methods)
        ):
            return True
    return False


def _has_columns(project: Project, row: Class) -> bool:
    from layercheck.knowledge.orm import COLUMN_CALLS

    for raw in row.raw_fields:
        if ir.is_a(raw[2], "call"):
            symbol = callee(project, Scope(row.key), raw[2][1])
            if symbol in COLUMN_CALLS:
                return True
    return False


@query(bottom=None)
def mapped_parent(project: Project, cls: str) -> str | None:
    """The nearest mapped class above a class, or None."""
    return next((b for b in lineage(project, cls)[1:] if ":" in b and is_mapped(project, b)), None)


@query(bottom=None)
def own_table_name(project: Project, cls: str) -> str | None:
    """What `__tablename__` gives for a class; "" when it has none of its own (single-table inheritance), None when unknown."""
    found = lineage(project, cls)
    row = project.get(Class, cls)
    if row is None:
        return None
    for base in found:
        if base == "?":
            return None
        inherited = base != cls and ":" in base and is_mapped(project, base)
        base_row = project.get(Class, base)
        if base_row is None:
            named = _library_name(base, row)
            if named is not None:
                return named
            continue
        value = _declared(project, base_row, "__tablename__", cls, inherited)
        if value is _ABSENT:
            continue
        if value is None:
            return ""
        return value if isinstance(value, str) else None
    return ""


_ABSENT = object()


def _declared(project: Project, row: Class, name: str, cls: str, inherited: bool) -> Value:
    """The value of a dunder attribute for `cls`, from the field or declared_attr method of one class above it."""
    for raw in row.raw_fields[::-1]:
        if raw[0] == name and raw[2] is not None:
            return _ABSENT if inherited else Evaluator(project).value(Scope(row.key), raw[2])
    for method, qualname in reversed(row.methods):
        if method == name:
            function = project.get(Function, f"{row.path}:{qualname}")
            return method_value(project, function, cls) if function is not None else UNKNOWN
    return _ABSENT


def method_value(project: Project, function: Function, cls: str) -> Value:
    """What a declared_attr method returns for a class."""
    call = ("call", function.name, (), (), 0)
    return Evaluator(project).inline(Scope(function.key), function, call, (Ref(cls),))


def declared_value(project: Project, cls: str, name: str) -> tuple[Value, str] | None:
    """(value, key of the class that declares it) of `__table_args__` or `__mapper_args__` for a class, or None.

    Plain attributes of mapped parents do not count.
    """
    for base in lineage(project, cls):
        row = project.get(Class, base)
        if row is not None:
            value = _declared(project, row, name, cls, base != cls and is_mapped(project, base))
            if value is not _ABSENT:
                return value, base
    return None


def _library_name(base: str, row: Class) -> str | None:
    if base == SQLMODEL:
        return row.name.lower()
    if any(base.startswith(prefix) for prefix in _SNAKE_NAMED):
        import re

        return re.sub("([a-z0-9])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", row.name)).lower()
    fixed = {"UserTable": "user", "OAuthAccountTable": "oauth_account", "AccessTokenTable": "accesstoken"}
    if base in LIBRARY_COLUMNS:
        return next((name for part, name in fixed.items() if part in base), None)
    return None


@query(bottom=None)
def table_name(project: Project, cls: str) -> str | None:
    """The name of the table that a class is mapped to (its parent's in single-table inheritance), None when unknown."""
    named = own_table_name(project, cls)
    if named != "":
        return named
    parent = mapped_parent(project, cls)
    return table_name(project, parent) if parent is not None else None


@query
def table_object(project: Project, cls: str) -> Value:
    """The value of `__table__ = Table(...)` or `__table__ = users` of a class, None when it has none."""
    row = project.get(Class, cls)
    if row is None:
        return None
    for raw in row.raw_fields[::-1]:
        if raw[0] == "__table__" and raw[2] is not None:
            return Evaluator(project).value(Scope(cls), raw[2])
    return None


@query
def shares_table(project: Project, cls: str) -> bool:
    """Whether a mapped class uses its parent's table (single-table inheritance)."""
    return (
        own_table_name(project, cls) == ""
        and table_object(project, cls) is None
        and mapped_parent(project, cls) is not None
    )


def hidden_bases(project: Project, cls: str) -> tuple[str, ...]:
    """Bases that could add columns nobody can see: unresolved ones and external classes that are not known."""
    out = []
    for base in lineage(project, cls)[1:]:
        if base == "?":
            out.append("a base class that cannot be resolved")
        elif ":" not in base and base not in COLUMNLESS_BASES and base not in LIBRARY_COLUMNS:
            out.append(f"base class {base}")
    return tuple(out)


@query
def base_fields(project: Project, cls: str, name: str) -> tuple[tuple[str, Value], ...]:
    """The values of a class attribute (`metadata`, `type_annotation_map`, `registry`) up the lineage, nearest first."""
    out: list[tuple[str, Value]] = []
    for base in lineage(project, cls):
        row = project.get(Class, base)
        if row is not None:
            out.extend(
                (base, Evaluator(project).value(Scope(base), raw[2]))
                for raw in row.raw_fields
                if raw[0] == name and raw[2] is not None
            )
    return tuple(out)


def metadata_of(project: Project, cls: str) -> Value:
    """The MetaData object of a class's declarative base, as code; UNKNOWN when none is given."""
    for _, value in base_fields(project, cls, "metadata"):
        return value
    row_bases = [b for b in lineage(project, cls) if ":" in b]
    for base in row_bases:
        row = project.get(Class, base)
        for expression in row.bases if row is not None else ():
            name = dotted(expression)
            variable = resolve(project, outside(base), name) if name else None
            if variable is not None and ":" in variable and project.get(Class, variable) is None:
                call = opened(project, constant(project, variable))
                if call is not None and call.symbol in BASE_MAKERS:
                    return call.argument(1, "metadata") or UNKNOWN
    return UNKNOWN


def metadata_argument(project: Project, metadata: Value, name: str) -> Value:
    """An argument of `MetaData(schema=..., naming_convention=...)`, None when absent."""
    call = opened(project, metadata) if isinstance(metadata, Code) else None
    return call.get(name) if call is not None and call.symbol == "sqlalchemy.MetaData" else None


def registry_of(project: Project, cls: str) -> Value:
    """The `registry` object of a class's base, as code; UNKNOWN when none is given."""
    for _, value in base_fields(project, cls, "registry"):
        return value
    return UNKNOWN


__all__ = [
    "base_fields", "declared_value", "hidden_bases", "is_declarative", "is_decorated", "is_mapped", "lineage", "mapped_parent", "metadata_argument",
    "metadata_of", "method_value", "own_table_name", "registry_of", "scope_of", "shares_table", "table_name", "table_object",
]  # fmt: skip
