"""Which SQLAlchemy type a column has: from a type argument, or from a Python annotation.

Sources: SQLAlchemy's default type map (sqlalchemy/sql/sqltypes.py, `_type_map`), `type_annotation_map` on a declarative base,
`Annotated` and PEP 695 aliases (docs "Declarative Table"), SQLModel's `get_sqlalchemy_type`.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import PYTHON_TYPES, SQLMODEL_STRINGS
from layercheck.project import Project
from layercheck.queries.evaluate import Code, Evaluator, Mapping, Scope, Value, is_enum, scope_of, symbol_at
from layercheck.queries.schema_calls import described, opened, symbol_of
from layercheck.queries.symbols import binding, mro
from layercheck.tuples import NamedTuple

_OPTIONAL = frozenset({"typing.Optional", "typing_extensions.Optional"})
_UNION = frozenset({"typing.Union"})
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_LITERAL = frozenset({"typing.Literal", "typing_extensions.Literal"})
_COLLECTIONS = frozenset({
    "builtins.list", "builtins.set", "typing.List", "typing.Set", "typing.Sequence", "collections.abc.Sequence",
    "typing.Collection", "collections.abc.Collection", "builtins.dict", "typing.Dict", "typing.MutableSequence",
    "sqlalchemy.ext.orderinglist.OrderingList", "typing.Iterable", "collections.abc.MutableSequence", "builtins.tuple",
    "sqlalchemy.orm.KeyFuncDict", "sqlalchemy.orm.MappedCollection",
})  # fmt: skip
_DEPTH = 8


class SqlType(NamedTuple):
    """A column type: as text, and the class of it."""

    text: str
    symbol: str | None


class Annotation(NamedTuple):
    """What an annotation says of a column or relationship."""

    python: str | None
    """Symbol of the Python type, None when unknown."""
    spellings: tuple[str, ...]
    """Ways to name it in a type_annotation_map, outermost alias first."""
    nullable: bool | None
    metadata: tuple[Value, ...]
    """What stands after the first item of Annotated."""
    collection: str | None
    """Symbol of the collection when it is one of several elements; `element` is then what it holds."""
    element: Expr | None
    scope: str
    """The key in which `element` has its meaning."""


def sql_type(project: Project, value: Value) -> SqlType | None:
    """The type that a type argument means: `String(255)`, `sa.Uuid`, `MutableDict.as_mutable(JSONB)`, a type of the project."""
    symbol = symbol_of(project, value)
    if symbol is not None:
        return SqlType(_short(symbol), symbol)
    if not isinstance(value, Code) or not ir.is_a(value.expr, "call"):
        return None
    func = value.expr[1]
    inner = _inner_of_method(func)
    if inner is not None:
        return sql_type(project, Evaluator(project).value(scope_of(value), inner))
    call = opened(project, value)
    if call is None:
        return None
    if call.symbol.endswith((".as_mutable", ".associate_with")) and call.args:
        return sql_type(project, call.args[0])
    if call.symbol.endswith(".with_variant"):
        return None
    arguments = [_shown(project, a) for a in call.args]
    arguments += [f"{name}={_shown(project, v)}" for name, v in call.keywords if name not in _DROPPED]
    return SqlType(f"{_short(call.symbol)}({', '.join(arguments)})" if arguments else _short(call.symbol), call.symbol)


_DROPPED = frozenset(
    {
        "values_callable",
        "create_type",
        "comment",
        "native_enum",
        "validate_strings",
        "metadata",
        "schema",
        "inherit_schema",
    }
)


def _inner_of_method(func: Expr) -> Expr | None:
    """`JSON` in `JSON().with_variant` (a call of an attribute of a call)."""
    if ir.is_a(func, "attr") and func[2] in ("with_variant", "copy"):
        return func[1]
    return None


def _shown(project: Project, value: Value) -> str:
    inner = sql_type(project, value) if isinstance(value, Code) else None
    return inner.text if inner is not None else described(value) or "None"


def _short(symbol: str) -> str:
    return symbol.rpartition(":")[2].rpartition(".")[2]


def is_type(project: Project, value: Value) -> bool:
    """Whether a value can be the type argument of a column: no string, and no constraint or default object."""
    symbol = symbol_of(project, value)
    if symbol is None:
        call = opened(project, value)
        if call is None:
            return (
                isinstance(value, Code) and ir.is_a(value.expr, "call") and _inner_of_method(value.expr[1]) is not None
            )
        symbol = call.symbol
    return _short(symbol) not in _ITEMS


_ITEMS = frozenset({
    "ForeignKey", "Computed", "Identity", "Sequence", "CheckConstraint", "UniqueConstraint", "FetchedValue", "DefaultClause",
    "ColumnDefault", "Constraint", "ForeignKeyConstraint", "PrimaryKeyConstraint", "Index", "ExcludeConstraint",
})  # fmt: skip


# -------------------------------------------------------------------------------------------------------- annotations


def annotation_of(project: Project, key: str, e: Expr | None) -> Annotation:
    """What an annotation inside Mapped[...] or of a SQLModel field says."""
    return _annotation(project, key, e, ())


_NOTHING = Annotation(None, (), None, (), None, None, "")


def _annotation(project: Project, key: str, e: Expr | None, seen: tuple[str, ...]) -> Annotation:
    if e is None or len(seen) > _DEPTH:
        return _NOTHING
    if e == ("const", None):
        return Annotation("None", (), True, (), None, None, key)
    name = dotted(e)
    if name is not None:
        return _named(project, key, name, seen)
    match e:
        case ("op", "|", operands):
            return _union(project, key, operands, seen)
        case ("item", head, index, _):
            return _generic(project, key, e, head, index, seen)
    return _NOTHING


def _named(project: Project, key: str, name: str, seen: tuple[str, ...]) -> Annotation:
    symbol = symbol_at(project, key, name)
    if symbol is None or symbol in seen:
        return _NOTHING
    if symbol == "builtins.None":
        return Annotation("None", (), True, (), None, None, key)
    if ":" not in symbol or project.get(Class, symbol) is not None:
        return Annotation(symbol, (symbol,), False, (), None, None, key)
    bind = binding(project, symbol)
    if bind is None or bind.value is None:
        return _NOTHING
    module = f"{symbol.partition(':')[0]}:"
    value = bind.value
    if ir.is_a(value, "call"):
        maker = dotted(value[1])
        made = symbol_at(project, module, maker) if maker else None
        if (
            made not in ("typing.NewType", "typing.TypeAliasType", "typing_extensions.TypeAliasType")
            or len(value[2]) < 2
        ):
            return _NOTHING
        value = value[2][1]
    found = _annotation(project, module, value, (*seen, symbol))
    return found._replace(spellings=(symbol, *found.spellings))


def _union(project: Project, key: str, members: tuple[Expr, ...], seen: tuple[str, ...]) -> Annotation:
    found = [_annotation(project, key, m, seen) for m in members]
    rest = [f for f in found if f.python != "None"]
    none = len(rest) < len(found)
    if len(rest) == 1:
        return rest[0]._replace(nullable=True if none else rest[0].nullable)
    if any(f.nullable for f in rest):
        none = True
    unknown = any(f is _NOTHING for f in rest)
    return _NOTHING._replace(nullable=True if none else None if unknown else False, scope=key)


def _generic(project: Project, key: str, e: Expr, head: Expr, index: Expr, seen: tuple[str, ...]) -> Annotation:
    name = dotted(head)
    symbol = symbol_at(project, key, name) if name else None
    if symbol is None:
        return _NOTHING
    items: tuple[Expr, ...] = index[1] if ir.is_a(index, "tuple") else (index,)
    if not items:  # tuple[()] says that there is nothing in it
        return _NOTHING
    if symbol in _OPTIONAL:
        return _annotation(project, key, items[0], seen)._replace(nullable=True)
    if symbol in _UNION:
        return _union(project, key, items, seen)
    if symbol in _ANNOTATED:
        first = _annotation(project, key, items[0], seen)
        evaluator = Evaluator(project)
        extra = tuple(evaluator.value(Scope(key), i) for i in items[1:])
        return first._replace(metadata=extra + first.metadata)
    if symbol in _LITERAL:
        return Annotation("typing.Literal", (), any(i == ("const", None) for i in items), (), None, None, key)
    spelled = spelling(project, key, e)
    collection = symbol if symbol in _COLLECTIONS else None
    element = items[-1] if items else None
    return Annotation(symbol, (spelled, symbol) if spelled else (symbol,), False, (), collection, element, key)


def spelling(project: Project, key: str, e: Expr) -> str | None:
    """A type expression with every name resolved, to compare it with the keys of a type_annotation_map."""
    name = dotted(e)
    if name is not None:
        symbol = symbol_at(project, key, name)
        return {"typing.Dict": "builtins.dict", "typing.List": "builtins.list"}.get(symbol, symbol) if symbol else None
    if e == ("const", None):
        return "None"
    if ir.is_a(e, "item"):
        head = spelling(project, key, e[1])
        items = e[2][1] if ir.is_a(e[2], "tuple") else (e[2],)
        parts = [spelling(project, key, i) or (repr(i[1]) if ir.is_a(i, "const") else None) for i in items]
        return f"{head}[{','.join(p for p in parts if p)}]" if head and all(parts) else None
    return None


def type_of_annotation(
    project: Project, annotation: Annotation, mapped_types: Mapping, sqlmodel: bool
) -> SqlType | None:
    """The column type that SQLAlchemy or SQLModel derives from an annotation."""
    for spelled in annotation.spellings:
        for key, value in mapped_types.items:
            if key == spelled:
                return sql_type(project, value)
    python = annotation.python
    if python is None:
        return None
    if python == "typing.Literal":
        return None if sqlmodel else SqlType("Enum", "sqlalchemy.Enum")
    if ":" in python and is_enum(project, python):
        return SqlType(f"Enum({_short(python)})", "sqlalchemy.Enum")
    if sqlmodel and python in SQLMODEL_STRINGS:
        return SqlType("String", "sqlalchemy.String")
    for base in mro(project, python):
        for key, value in mapped_types.items:
            if key == base:
                return sql_type(project, value)
        known = PYTHON_TYPES.get(base)
        if known is not None:
            return SqlType(known, f"sqlalchemy.{known}")
    return None
