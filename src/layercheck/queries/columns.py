"""One column out of one call: `Column(...)`, `mapped_column(...)`, SQLModel's `Field(...)`, or a bare annotation.

Sources: sqlalchemy/sql/schema.py (`Column.__init__`, `Column._merge`, `Identity._set_parent`), sqlalchemy/orm/properties.py
(`MappedColumn._init_column_for_annotation`), sqlmodel/main.py (`get_column_from_field`).
"""

from __future__ import annotations

from layercheck.facts.rows import Class
from layercheck.knowledge.orm import COLUMN_CALLS
from layercheck.model import Place
from layercheck.project import Project
from layercheck.queries.column_types import Annotation, SqlType, is_type, sql_type, type_of_annotation
from layercheck.queries.evaluate import UNKNOWN, Code, Mapping, Value
from layercheck.queries.references import column_target
from layercheck.queries.schema_calls import Opened, described, flag, opened, sql_text, text_of
from layercheck.queries.tables_rows import Check, Column, ForeignKey, Unique
from layercheck.tuples import NamedTuple


class Parsed(NamedTuple):
    """A column, with what its call says beyond the column itself."""

    column: Column
    checks: tuple[Check, ...]
    foreign_keys: tuple[ForeignKey, ...]
    dynamic: bool
    """A star in the call hides some arguments."""
    named: bool
    """The name stands in the call (or is the attribute's) and is known."""
    unique: Unique | None = None


class _Items(NamedTuple):
    """The positional arguments of a column, sorted out."""

    name: str | None
    type: Value
    foreign_keys: tuple[ForeignKey, ...]
    checks: tuple[Check, ...]
    computed: bool
    identity: bool
    dynamic: bool


def _items(project: Project, call: Opened, place: Place) -> _Items:
    name: str | None = None
    kind: Value = call.get("type_")
    keys: list[ForeignKey] = []
    checks: list[Check] = []
    computed = identity = False
    dynamic = call.dynamic
    given = list(call.args)
    if given and isinstance(given[0], str):
        name = given.pop(0)
    elif given and given[0] is UNKNOWN and len(given) > 1:
        given.pop(0)
        dynamic = True
    if call.has("name"):
        name = call.get("name") if isinstance(call.get("name"), str) else None
        dynamic = dynamic or name is None
    for arg in given:
        if arg is None:
            continue
        inner = opened(project, arg)
        maker = inner.symbol.rpartition(".")[2] if inner is not None else ""
        if maker == "ForeignKey" and inner is not None:
            keys.append(foreign_key(project, inner, place))
        elif maker == "CheckConstraint" and inner is not None:
            checks.append(check(project, inner, place))
        elif maker in ("Computed", "Identity", "Sequence", "FetchedValue", "DefaultClause"):
            computed = computed or maker in ("Computed", "Identity")
            identity = identity or maker == "Identity"
        elif kind is None and (arg is UNKNOWN or is_type(project, arg)):
            kind = arg
    return _Items(name, kind, tuple(keys), tuple(checks), computed, identity, dynamic)


def foreign_key(project: Project, call: Opened, place: Place) -> ForeignKey:
    """`ForeignKey("users.id", ondelete="CASCADE")`; its own column is filled in later."""
    target = column_target(project, call.argument(0, "column", UNKNOWN))
    return ForeignKey(_name(call), (), (target,), text_of(call.get("ondelete")), text_of(call.get("onupdate")), place)


def check(project: Project, call: Opened, place: Place) -> Check:
    """`CheckConstraint("price > 0", name="positive")`."""
    condition = call.argument(0, "sqltext", UNKNOWN)
    text = sql_text(project, condition)
    return Check(_name(call), text if text is not None else described(condition) or "", place)


def _name(call: Opened) -> str | None:
    return text_of(call.get("name"))


def parse_column(
    project: Project, value: Value, attribute: str, owner: str, place: Place | None = None
) -> Parsed | None:
    """The column of a `Column(...)` or un-annotated `mapped_column(...)` call; None when the value is something else.

    `attribute` is its name in a class, "" for columns of Table objects and migrations. `place` overrides that of the call.
    """
    call = opened(project, value)
    if call is None or call.symbol not in COLUMN_CALLS:
        return None
    where = place or call.place
    items = _items(project, call, where)
    style = "column" if call.symbol == "sqlalchemy.Column" else "mapped"
    kind = sql_type(project, items.type) if items.type is not None else None
    primary = flag(call.get("primary_key"), False)
    stated = call.has("nullable") or call.has("primary_key")
    nullable: bool | None
    if call.has("nullable"):
        nullable = flag(call.get("nullable"), False)
    elif primary is None or (call.dynamic and not stated):
        nullable = None
    else:
        nullable = not primary and not items.identity
    return _finished(project, call, items, kind, attribute, owner, where, style, primary, nullable, stated)


def _finished(
    project: Project, call: Opened, items: _Items, kind: SqlType | None, attribute: str, owner: str, place: Place,
    style: str, primary: bool | None, nullable: bool | None, stated: bool,
) -> Parsed:  # fmt: skip
    name = items.name or attribute
    default = call.get("insert_default") if call.has("insert_default") else call.get("default")
    column = Column(
        name, attribute or name, kind.text if kind else None, kind.symbol if kind else None, nullable, stated, primary,
        flag(call.get("unique"), False), flag(call.get("index"), False),
        tuple(t for k in items.foreign_keys for t in k.targets), described(default), described(call.get("server_default")),
        described(call.get("onupdate")), items.computed, style, owner, place,
    )  # fmt: skip
    keys = tuple(k._replace(columns=(name,)) for k in items.foreign_keys)
    return Parsed(
        column,
        items.checks,
        keys,
        items.dynamic,
        bool(name) and not (items.dynamic and not items.name and not attribute),
    )


def mapped(
    project: Project, value: Value, annotation: Annotation, attribute: str, owner: str, place: Place, types: Mapping
) -> Parsed | None:
    """A `Mapped[...]` attribute: annotation, `Annotated` arguments and mapped_column() merged as SQLAlchemy does.

    `value` is None for a bare annotation. None when the value is something other than a column.
    """
    own = opened(project, value) if value is not None else None
    if value is not None and (own is None or own.symbol not in COLUMN_CALLS):
        return None
    inner = next(
        (c for m in annotation.metadata if (c := opened(project, m)) is not None and c.symbol in COLUMN_CALLS), None
    )
    call = own or Opened("sqlalchemy.orm.mapped_column", (), (), False, place)
    items = _items(project, call, place)
    shared = _items(project, inner, place) if inner is not None else None
    call, items = _merged(call, items, inner, shared)
    kind = sql_type(project, items.type) if items.type is not None else None
    if kind is None and items.type is None:
        kind = type_of_annotation(project, annotation, types, False)
    primary = flag(call.get("primary_key"), False)
    nullable = flag(call.get("nullable"), False) if call.has("nullable") else annotation.nullable
    stated = call.has("nullable") or annotation.nullable is not None
    if call.dynamic and not call.has("nullable"):
        nullable = None
    return _finished(project, call, items, kind, attribute, owner, place, "mapped", primary, nullable, stated)


_MERGED = ("primary_key", "nullable", "server_default", "onupdate", "index", "unique", "default", "insert_default")


def _merged(call: Opened, items: _Items, inner: Opened | None, shared: _Items | None) -> tuple[Opened, _Items]:
    """What `Annotated[..., mapped_column(...)]` adds to the attribute's own mapped_column()."""
    if inner is None or shared is None:
        return call, items
    own = {name for name, _ in call.keywords}
    if own & {"default", "insert_default"}:
        own |= {"default", "insert_default"}
    extra = tuple((name, value) for name, value in inner.keywords if name in _MERGED and name not in own)
    merged = call._replace(keywords=call.keywords + extra, dynamic=call.dynamic or inner.dynamic)
    return merged, items._replace(
        type=items.type if items.type is not None else shared.type,
        foreign_keys=items.foreign_keys + shared.foreign_keys,
        checks=items.checks + shared.checks,
        computed=items.computed or shared.computed,
        dynamic=items.dynamic or shared.dynamic,
    )


def field_column(
    project: Project, value: Value, annotation: Annotation, attribute: str, owner: str, place: Place, types: Mapping
) -> Parsed | None:
    """The column of a SQLModel field; `value` is its default or `Field(...)`, None when there is none.

    None for a relationship.
    """
    field = _field_call(project, value, annotation)
    if field is None:
        given = opened(project, value) if value is not None else None
        if given is not None and given.symbol == "sqlmodel.Relationship":
            return None
        # The result of a helper that cannot be followed may be a Field(...) with a key, a constraint or another type.
        hidden_field = value is UNKNOWN or (given is not None and ":" in given.symbol)
        if hidden_field and not _is_class(project, given):
            return _opaque(attribute, owner, place)
        field = Opened("sqlmodel.Field", (), (("default", value),) if value is not None else (), False, place)
    column = field.get("sa_column")
    if column is not None:
        parsed = parse_column(project, column, attribute, owner, place)
        if parsed is None:
            return _opaque(attribute, owner, place)
        return parsed._replace(column=parsed.column._replace(style="sa_column"))
    extra = field.get("sa_column_kwargs")
    more = tuple((k, v) for k, v in extra.items if isinstance(k, str)) if isinstance(extra, Mapping) else ()
    hidden = field.dynamic or (extra is not None and not isinstance(extra, Mapping))
    listed = field.get("sa_column_args")
    args = listed if listed.__class__ is tuple else ()
    call = Opened(
        "sqlalchemy.Column",
        args,
        field.keywords + more,
        hidden or (listed is not None and listed.__class__ is not tuple),
        place,
    )
    items = _items(project, call, place)
    target = field.get("foreign_key")
    if target is not None:
        name = column_target(project, target)
        key = ForeignKey(None, (), (name,), text_of(field.get("ondelete")), None, place)
        items = items._replace(foreign_keys=(key, *items.foreign_keys))
    kind = sql_type(project, field.get("sa_type")) if field.get("sa_type") is not None else None
    if field.get("sa_type") is None:
        kind = type_of_annotation(project, annotation, types, True)
        if kind is not None and kind.text == "String" and isinstance(field.get("max_length"), int):
            kind = SqlType(f"String({field.get('max_length')})", kind.symbol)
    primary = flag(call.get("primary_key"), False)
    if call.has("nullable"):
        nullable = flag(call.get("nullable"), False)
    elif primary is None or hidden:
        nullable = None
    else:
        nullable = False if primary else annotation.nullable
    default = field.argument(0, "default")
    call = call._replace(keywords=(*call.keywords, ("default", None if default is Ellipsis else default)))
    if field.has("default_factory"):
        call = call._replace(keywords=(*call.keywords, ("default", field.get("default_factory"))))
    return _finished(project, call, items, kind, attribute, owner, place, "sqlmodel", primary, nullable, True)


def _field_call(project: Project, value: Value, annotation: Annotation) -> Opened | None:
    for candidate in (value, *annotation.metadata):
        call = opened(project, candidate) if isinstance(candidate, Code) else None
        if call is not None and call.symbol in ("sqlmodel.Field", "pydantic.Field"):
            return call
    return None


def _is_class(project: Project, call: Opened | None) -> bool:
    return call is not None and project.get(Class, call.symbol) is not None


def _opaque(attribute: str, owner: str, place: Place) -> Parsed:
    """A column of which nothing but the attribute is known."""
    column = Column(
        attribute,
        attribute,
        None,
        None,
        None,
        False,
        None,
        None,
        None,
        ("?",),
        None,
        None,
        None,
        False,
        "sa_column",
        owner,
        place,
    )
    return Parsed(column, (), (), True, False)
