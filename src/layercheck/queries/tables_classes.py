"""What the body of a mapped class, its mixins and abstract bases say: columns, relationships, and what cannot be seen.

DESIGN: every class in the lineage that is not mapped itself contributes (SQLAlchemy copies mixin columns); mapped parents do not,
their columns are in their own table. The nearest class that binds a name wins, as in Python. For SQLModel every annotated field
of every base counts, as Pydantic collects them.
"""

from __future__ import annotations

import sys

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import COLUMN_CALLS, LIBRARY_COLUMNS, MAPPED, RELATIONSHIP_CALLS, WRAPPERS
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.column_types import annotation_of, spelling
from layercheck.queries.columns import Parsed, field_column, mapped, parse_column
from layercheck.queries.evaluate import UNKNOWN, Code, Mapping, Scope, Value, callee, constant, symbol_at
from layercheck.queries.models import SQLMODEL
from layercheck.queries.schema_calls import Opened, evaluated, opened
from layercheck.queries.tables_args import index
from layercheck.queries.tables_mapping import hidden_bases, is_mapped, lineage, method_value
from layercheck.queries.tables_relationships import parse_relationship
from layercheck.queries.tables_rows import Column, ForeignKey, Index, Relationship
from layercheck.tuples import NamedTuple

_DECLARED = frozenset({
    "sqlalchemy.orm.declared_attr", "sqlalchemy.orm.declared_attr.directive", "sqlalchemy.orm.declared_attr.cascading",
})  # fmt: skip
_CLASSVAR = frozenset({"typing.ClassVar", "typing_extensions.ClassVar"})


class Parts(NamedTuple):
    """What a class contributes to its table."""

    columns: tuple[Parsed, ...]
    relationships: tuple[Relationship, ...]
    indexes: tuple[Index, ...]
    gaps: tuple[str, ...]


class _Parts:
    """Collects the parts of one mapped class."""

    def __init__(self, project: Project, cls: str) -> None:
        self.project = project
        self.cls = cls
        self.columns: list[Parsed] = []
        self.relationships: list[Relationship] = []
        self.indexes: list[Index] = []
        self.gaps: list[str] = list(hidden_bases(project, cls))
        self.seen: set[str] = set()
        self.types = mapped_types(project, cls)

    def add(self, owner: str, name: str, value: Value, raw: Expr | None, annotation: Expr | None, place: Place) -> None:
        """One attribute of a declarative class."""
        container, inside = self.mapped_container(owner, annotation)
        call = opened(self.project, value) if value is not None else None
        if call is not None and call.symbol in WRAPPERS:
            self.wrapped(owner, name, call, inside, place)
            return
        relationship = parse_relationship(self.project, value, inside, container, name, owner, place)
        if relationship is not None:
            self.relationships.append(relationship)
            return
        if call is not None and call.symbol == "sqlalchemy.Index":
            self.indexes.append(index(self.project, call, owner))
            return
        parsed = self.column(owner, name, value, container, inside, place)
        if parsed is not None:
            self.keep(parsed, name)
        elif self.may_hide_a_column(value, raw, call, container):
            self.gaps.append(f"attribute {name}")

    def column(
        self, owner: str, name: str, value: Value, container: str | None, inside: Expr | None, place: Place
    ) -> Parsed | None:
        if container is not None and (value is None or self.is_column(value)):
            return mapped(
                self.project, value, annotation_of(self.project, owner, inside), name, owner, place, self.types
            )
        return parse_column(self.project, value, name, owner, place) if value is not None else None

    def is_column(self, value: Value) -> bool:
        call = opened(self.project, value)
        return call is not None and call.symbol == "sqlalchemy.orm.mapped_column"

    def keep(self, parsed: Parsed, name: str) -> None:
        self.columns.append(parsed)
        if parsed.dynamic:
            self.gaps.append(f"arguments of column {name}")

    def wrapped(self, owner: str, name: str, call: Opened, inside: Expr | None, place: Place) -> None:
        """`deferred(Column(...))`, `column_property(Column(...))`, `composite(mapped_column("x"), mapped_column("y"))`."""
        composite = call.symbol.endswith(".composite")
        for arg in call.args:
            parsed = parse_column(self.project, arg, "" if composite else name, owner, place)
            if parsed is None or not parsed.column.name:
                continue
            if composite and parsed.column.style == "mapped" and not parsed.column.nullable_stated:
                parsed = parsed._replace(column=parsed.column._replace(nullable=None))
            self.keep(parsed, name)

    def may_hide_a_column(self, value: Value, raw: Expr | None, call: Opened | None, container: str | None) -> bool:
        """Whether an attribute could be a column that a helper nobody can see makes."""
        if not ir.is_a(raw, "call") or isinstance(value, str | int | float | bool) or value.__class__ is tuple:
            return False
        if call is None:
            return value is UNKNOWN or isinstance(value, Code)
        top = call.symbol.partition(".")[0]
        if ":" in call.symbol:
            return container is not None and self.project.get(Function, call.symbol) is not None
        return (container is not None and call.symbol.partition(".")[0] not in ("sqlalchemy",)) or (
            top not in ("sqlalchemy", "builtins", "pydantic", "sqlmodel") and top not in sys.stdlib_module_names
        )

    def mapped_container(self, owner: str, annotation: Expr | None) -> tuple[str | None, Expr | None]:
        """(symbol of Mapped / DynamicMapped / ..., what stands inside), (None, None) for other annotations."""
        head = annotation[1] if ir.is_a(annotation, "item") else annotation  # type: ignore[index]
        name = dotted(head) if head is not None else None
        symbol = symbol_at(self.project, owner, name) if name else None
        if symbol not in MAPPED:
            return None, None
        return symbol, annotation[2] if ir.is_a(annotation, "item") else None  # type: ignore[index]

    # -------------------------------------------------------------------------------------------------------- bases

    def own_body(self, row: Class, first: bool) -> None:
        """The attributes of one class of the lineage."""
        last = {raw[0]: i for i, raw in enumerate(row.raw_fields)}
        for i, (name, annotation, raw, at) in enumerate(row.raw_fields):
            if last[name] != i or (name.startswith("__") and name.endswith("__")):
                continue
            if raw is None and self.mapped_container(row.key, annotation)[0] is None:
                continue
            if not self.take(name):
                continue
            value = evaluated(self.project, row.key, raw) if raw is not None else None
            self.add(row.key, name, value, raw, annotation, row.place(at))
        self.declared(row)

    def take(self, name: str) -> bool:
        if name in self.seen:
            return False
        self.seen.add(name)
        return True

    def declared(self, row: Class) -> None:
        """declared_attr methods; plain methods only hide names further up."""
        for name, qualname in row.methods:
            function = self.project.get(Function, f"{row.path}:{qualname}")
            if function is None or name.startswith("__") or not self.take(name):
                continue
            if not any(callee(self.project, Scope(row.key), d) in _DECLARED for d in function.decorators):
                continue
            value = method_value(self.project, function, self.cls)
            if value is UNKNOWN:
                self.gaps.append(f"attribute {name}")
            else:
                raw = value.expr if isinstance(value, Code) else None
                self.add(row.key, name, value, raw, function.returns, function.place(0))

    def model_body(self, row: Class) -> None:
        """The fields of one SQLModel (or Pydantic) class."""
        last = {raw[0]: i for i, raw in enumerate(row.raw_fields)}
        for i, (name, annotation, raw, at) in enumerate(row.raw_fields):
            if last[name] != i or name.startswith("_") or name in ("model_config", "metadata", "registry"):
                continue
            if annotation is None or self.is_classvar(row.key, annotation) or not self.take(name):
                continue
            value = evaluated(self.project, row.key, raw) if raw is not None else None
            place = row.place(at)
            relationship = parse_relationship(self.project, value, annotation, None, name, row.key, place)
            if relationship is not None:
                self.relationships.append(relationship)
                continue
            parsed = field_column(
                self.project, value, annotation_of(self.project, row.key, annotation), name, row.key, place, self.types
            )
            if parsed is not None:
                self.keep(parsed, name)
        self.declared(row)

    def is_classvar(self, owner: str, annotation: Expr) -> bool:
        head = annotation[1] if ir.is_a(annotation, "item") else annotation
        name = dotted(head)
        return name is not None and symbol_at(self.project, owner, name) in _CLASSVAR

    def library(self, base: str) -> None:
        """The columns that a base class of a library is known to add."""
        row = self.project.get(Class, self.cls)
        for known in LIBRARY_COLUMNS.get(base, ()):
            if row is None or not self.take(known.name):
                continue
            name, kind, nullable, primary, unique, indexed, target = known
            targets = (target,) if target is not None else ()
            column = Column(
                name, name, kind, f"sqlalchemy.{kind.partition('(')[0]}", nullable, True, primary, unique, indexed, targets, None, None,
                None, False, "mapped", base, row.place(),
            )  # fmt: skip
            keys = tuple(ForeignKey(None, (name,), (t,), "cascade", None, row.place()) for t in targets)
            self.columns.append(Parsed(column, (), keys, False, True))


@query(dear=True)
def class_parts(project: Project, cls: str) -> Parts:
    """The columns and relationships that a mapped class and the unmapped classes above it declare."""
    parts = _Parts(project, cls)
    found = lineage(project, cls)
    model = SQLMODEL in found
    for base in found:
        row = project.get(Class, base)
        if row is None:
            parts.library(base)
        elif base != cls and is_mapped(project, base):
            parts.seen.update(
                raw[0] for raw in row.raw_fields if raw[2] is not None or parts.mapped_container(base, raw[1])[0]
            )
        elif model:
            parts.model_body(row)
        else:
            parts.own_body(row, base == cls)
    _added_later(parts)
    return Parts(
        tuple(parts.columns), tuple(parts.relationships), tuple(parts.indexes), tuple(dict.fromkeys(parts.gaps))
    )


def _added_later(parts: _Parts) -> None:
    """`User.posts = relationship(...)` and `Index("ix", User.email)` below the class, in the same module."""
    path, _, qualname = parts.cls.partition(":")
    body = parts.project.get(Body, f"{path}:")
    if body is None or "." in qualname:
        return
    prefix = f"{qualname}."
    for name, kind, raw, annotation, _, at in body.raw_binds:
        if kind == "=" and name.startswith(prefix) and "." not in name[len(prefix) :] and ir.is_a(raw, "call"):
            attribute = name[len(prefix) :]
            value = evaluated(parts.project, body.key, raw)
            parts.add(parts.cls, attribute, value, None, annotation, body.place(at))
    for owner, found in loose_indexes(parts.project, path):
        if owner == parts.cls:
            parts.indexes.append(found)


@query
def loose_indexes(project: Project, path: str) -> tuple[tuple[str, Index], ...]:
    """(owner, index) of the `Index(...)` calls that stand by themselves at module level."""
    body = project.get(Body, f"{path}:")
    if body is None:
        return ()
    out = []
    for statement in body.statements:
        raw: Expr = statement[1] if statement[0] == "expr" else statement[2] if statement[0] == "assign" else None
        if not ir.is_a(raw, "call") or ir.last_name(raw[1]) != "Index":
            continue
        call = opened(project, evaluated(project, body.key, raw))
        owner = _index_owner(project, call) if call is not None and call.symbol == "sqlalchemy.Index" else None
        if owner is not None and call is not None:
            out.append((owner, index(project, call, "")))
    return tuple(out)


def _index_owner(project: Project, call: Opened) -> str | None:
    from layercheck.queries.schema_calls import attribute_path

    for arg in call.args[1:]:
        if isinstance(arg, Code):
            for node in ir.walk(arg.expr):
                if (
                    dotted(node) is not None
                    and (found := attribute_path(project, Code(arg.key, node, arg.names))) is not None
                    and ":" in found[0]  # not `func` of `func.lower(User.email)`
                ):
                    return found[0]
    return None


@query
def mapped_types(project: Project, cls: str) -> Mapping:
    """The `type_annotation_map` in force for a class: {spelling of the Python type: type object}."""
    from layercheck.queries.tables_mapping import registry_of

    for base in lineage(project, cls):
        row = project.get(Class, base)
        for raw in row.raw_fields if row is not None else ():
            if raw[0] == "type_annotation_map" and ir.is_a(raw[2], "dict"):
                return _spelled(project, base, raw[2])
            if raw[0] == "registry" and ir.is_a(raw[2], "call"):
                inner = ir.keyword(raw[2], "type_annotation_map")
                if ir.is_a(inner, "dict"):
                    return _spelled(project, base, inner)
    made = registry_of(project, cls)
    if isinstance(made, Code) and ir.is_a(made.expr, "call"):
        inner = ir.keyword(made.expr, "type_annotation_map")
        if ir.is_a(inner, "dict"):
            return _spelled(project, made.key, inner)
    return Mapping(())


def _spelled(project: Project, key: str, e: Expr) -> Mapping:
    out = []
    for python, kind in e[1]:
        name = spelling(project, key, python) if python is not None else None
        if name is not None:
            out.append((name, evaluated(project, key, kind)))
    return Mapping(tuple(out))


def relationship_calls(project: Project, cls: str) -> tuple[tuple[str, Value], ...]:
    """(attribute, value) of the relationship attributes of a class, for what their rows do not hold (backref objects)."""
    out = []
    for base in lineage(project, cls):
        row = project.get(Class, base)
        for raw in row.raw_fields if row is not None else ():
            if ir.is_a(raw[2], "call") and ir.keyword(raw[2], "backref") is not None:
                value = constant(project, f"{base}.{raw[0]}")
                call = opened(project, value)
                if call is not None and call.symbol in RELATIONSHIP_CALLS:
                    out.append((str(raw[0]), value))
    return tuple(out)


__all__ = ["COLUMN_CALLS", "Parts", "class_parts", "loose_indexes", "mapped_types", "relationship_calls"]
