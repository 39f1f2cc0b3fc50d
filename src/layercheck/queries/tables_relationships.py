"""Relationships of mapped classes: `relationship(...)`, SQLModel's `Relationship(...)`, and those that a backref makes.

Sources: sqlalchemy/orm/relationships.py (`declarative_scan`, `_generate_backref`), sqlmodel/main.py.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import Expr, dotted
from layercheck.knowledge.orm import LAZY_NAMES, RELATIONSHIP_CALLS
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.column_types import annotation_of
from layercheck.queries.evaluate import UNKNOWN, Code, Mapping, Ref, Value, scope_of, symbol_at
from layercheck.queries.references import table_reference
from layercheck.queries.schema_calls import Opened, attribute_path, described, flag, opened, symbol_of, text_of
from layercheck.queries.tables_args import column_of
from layercheck.queries.tables_mapping import is_mapped, lineage
from layercheck.queries.tables_rows import Relationship

_CONTAINERS = {
    "sqlalchemy.orm.DynamicMapped": "dynamic",
    "sqlalchemy.orm.WriteOnlyMapped": "write_only",
}


def parse_relationship(
    project: Project,
    value: Value,
    annotation: Expr | None,
    container: str | None,
    attribute: str,
    owner: str,
    place: Place,
) -> Relationship | None:
    """The relationship of a class attribute, or None when it is something else.

    `annotation` is what stands inside Mapped[...] (or the whole annotation of a SQLModel field), `container` the symbol around it.
    """
    call = opened(project, value)
    if call is None:
        return None
    if call.symbol == "sqlmodel.Relationship":
        return _of_sqlmodel(project, call, annotation, attribute, owner, place)
    if call.symbol not in RELATIONSHIP_CALLS:
        return None
    lazy = _CONTAINERS.get(container or "") or _lazy(call)
    if call.symbol == "sqlalchemy.orm.dynamic_loader":
        lazy = "dynamic"
    target, written = _target(project, call.argument(0, "argument"), owner)
    inside, many = inner_target(annotation, project, owner)
    if written == "" and inside is not None:
        target, written = _named_target(project, owner, inside)
    uselist = flag(call.get("uselist"), False) if call.has("uselist") else None
    if uselist is None and not call.has("uselist") and annotation is not None:
        uselist = many if container is None or container == "sqlalchemy.orm.Mapped" else True
        if not many and call.has("collection_class"):
            uselist = True
    return _row(project, call, target, written, lazy, uselist, attribute, owner, place)


def _row(
    project: Project, call: Opened, target: str | None, written: str, lazy: str | None, uselist: bool | None,
    attribute: str, owner: str, place: Place,
) -> Relationship:  # fmt: skip
    secondary = call.argument(1, "secondary") if call.symbol in RELATIONSHIP_CALLS else call.get("secondary")
    backref = call.get("backref")
    inner = opened(project, backref)
    if inner is not None:
        backref = inner.args[0] if inner.args else UNKNOWN
    return Relationship(
        attribute, target, written, lazy, uselist, text_of(call.get("back_populates")), text_of(backref),
        None if secondary is None else table_reference(project, _unwrapped(project, secondary)), call.get("viewonly") is True,
        text_of(call.get("cascade")), columns_hint(project, call.get("remote_side"), owner),
        columns_hint(project, call.get("foreign_keys"), owner), False, owner, place, _passive(call),
    )  # fmt: skip


def _passive(call: Opened) -> bool | None:
    """`passive_deletes=True` or "all"; arguments that are hidden behind stars may say so."""
    given = call.get("passive_deletes")
    if isinstance(given, str):
        return True
    return flag(given, False) if call.has("passive_deletes") or not call.dynamic else None


def _unwrapped(project: Project, value: Value) -> Value:
    """`secondary=lambda: association` is what the lambda gives."""
    if isinstance(value, Code) and ir.is_a(value.expr, "lambda"):
        from layercheck.queries.evaluate import Evaluator

        return Evaluator(project).value(scope_of(value), value.expr[2])
    return value


def columns_hint(project: Project, value: Value, owner: str) -> str | None:
    """The columns that `foreign_keys=` or `remote_side=` lists: "user_id, Other.user_id"; own columns stand without a class."""
    value = _unwrapped(project, value)
    if value is None:
        return None
    out = []
    for part in value if value.__class__ is tuple else (value,):
        if isinstance(part, str):
            out.append(part.strip("[] "))
            continue
        path = attribute_path(project, part) if isinstance(part, Code) else None
        if path is not None:
            out.append(f"{path[0].rpartition(':')[2]}.{path[1]}")
        else:
            out.append(column_of(project, part, owner) or "?")
    return ", ".join(out)


def _of_sqlmodel(
    project: Project, call: Opened, annotation: Expr | None, attribute: str, owner: str, place: Place
) -> Relationship | None:
    whole = opened(project, call.get("sa_relationship"))
    inside, many = inner_target(annotation, project, owner)
    target, written = _named_target(project, owner, inside) if inside is not None else (None, "")
    if whole is not None:
        explicit, name = _target(project, whole.argument(0, "argument"), owner)
        return _row(
            project,
            whole,
            explicit or target,
            name or written,
            _lazy(whole),
            flag(whole.get("uselist"), many),
            attribute,
            owner,
            place,
        )
    extra = call.get("sa_relationship_kwargs")
    more = tuple((k, v) for k, v in extra.items if isinstance(k, str)) if isinstance(extra, Mapping) else ()
    keywords = call.keywords + more
    if call.get("cascade_delete") is True and not any(k == "cascade" for k, _ in keywords):
        keywords = (*keywords, ("cascade", "all, delete-orphan"))
    link = call.get("link_model")
    merged = Opened(
        call.symbol, (), (*keywords, *((("secondary", link),) if link is not None else ())), call.dynamic, call.place
    )
    lazy = _lazy(merged) if extra is None or isinstance(extra, Mapping) else None
    uselist = flag(merged.get("uselist"), many) if merged.has("uselist") else many
    return _row(project, merged, target, written, lazy, uselist, attribute, owner, place)


def _lazy(call: Opened) -> str | None:
    if not call.has("lazy"):
        return None if call.dynamic else "select"
    value = call.get("lazy")
    if isinstance(value, str):
        return value
    return LAZY_NAMES.get(value) if value is None or isinstance(value, bool) else None


def inner_target(annotation: Expr | None, project: Project, owner: str) -> tuple[Expr | None, bool]:
    """(the class expression, whether it is a collection) of `list["Post"]`, `Post | None`, `Optional["User"]`."""
    e = annotation
    many = False
    for _ in range(6):
        if ir.is_a(e, "const") and isinstance(e[1], str):  # type: ignore[index]
            return e, many
        if ir.is_a(e, "op") and e[1] == "|":  # type: ignore[index]
            rest = [o for o in e[2] if o != ("const", None)]  # type: ignore[index]
            if len(rest) != 1:
                return None, many
            e = rest[0]
            continue
        if ir.is_a(e, "item"):
            head = dotted(e[1])  # type: ignore[index]
            symbol = symbol_at(project, owner, head) if head else None
            items = e[2][1] if ir.is_a(e[2], "tuple") else (e[2],)  # type: ignore[index]
            if symbol in ("typing.Optional", "typing.Union", "typing.Annotated", "typing_extensions.Annotated"):
                rest = [i for i in items if i != ("const", None)]
                e = rest[0] if rest else None
                continue
            if symbol in ("sqlalchemy.orm.Mapped",):
                e = items[0]
                continue
            found = annotation_of(project, owner, e)
            many = many or found.collection is not None or symbol is not None
            e = items[-1]
            continue
        break
    return e, many


def _target(project: Project, value: Value, owner: str) -> tuple[str | None, str]:
    """(key, as written) of the first argument of relationship(): a class, a name in a string, a lambda."""
    if value is None:
        return None, ""
    value = _unwrapped(project, value)
    if isinstance(value, str):
        name = value.rpartition(".")[2]
        return class_named(project, owner, name), value
    if isinstance(value, Ref):
        return value.key, value.key.rpartition(":")[2]
    symbol = symbol_of(project, value)
    return (symbol if symbol is not None and ":" in symbol else None), described(value) or ""


def _named_target(project: Project, owner: str, e: Expr) -> tuple[str | None, str]:
    name = dotted(e) or ir.text_of(e)
    if name is None:
        return None, ""
    symbol = symbol_at(project, owner, name)
    if symbol is not None and project.get(Class, symbol) is not None:
        return symbol, name
    return class_named(project, owner, name.rpartition(".")[2]), name


@query
def classes_by_name(project: Project) -> dict[str, tuple[str, ...]]:
    """Every mapped class name with the keys that have it: the declarative registry."""
    from layercheck.queries.tables import mapped_classes

    found: dict[str, list[str]] = {}
    for key in mapped_classes(project):
        found.setdefault(key.rpartition(":")[2].rpartition(".")[2].partition("#")[0], []).append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def of_the_application(project: Project, keys: tuple[str, ...], near: str = "") -> tuple[str, ...]:
    """Of several classes with one name: those in the file of `near`; else those that are no snapshot in a migration or a test."""
    if len(keys) <= 1:
        return keys
    from layercheck.queries.file_kinds import is_migration, is_test

    path = near.partition(":")[0]
    same = tuple(k for k in keys if k.partition(":")[0] == path)
    if same:
        return same
    found = tuple(
        k for k in keys if not is_migration(project, k.partition(":")[0]) and not is_test(project, k.partition(":")[0])
    )
    return found or keys


@query
def class_named(project: Project, owner: str, name: str) -> str | None:
    """The mapped class that a name in a string means: seen from the owner's module, else the only one with the same base."""
    seen = symbol_at(project, owner, name)
    if seen is not None and project.get(Class, seen) is not None and is_mapped(project, seen):
        return seen
    keys = of_the_application(project, classes_by_name(project).get(name, ()), owner)
    if len(keys) <= 1:
        return keys[0] if keys else None
    own = set(lineage(project, owner)[1:])
    related = [k for k in keys if own & {b for b in lineage(project, k)[1:] if ":" in b}]
    if len(related) == 1:
        return related[0]
    folder = owner.partition(":")[0].rpartition("/")[0]
    near = [k for k in related or keys if k.partition(":")[0].rpartition("/")[0] == folder]
    return near[0] if len(near) == 1 else None


def backref_of(project: Project, relationship: Relationship, value: Value) -> Relationship | None:
    """The relationship that `backref=` puts on the target class."""
    call = opened(project, value)
    given = call.get("backref") if call is not None else None
    if relationship.backref is None or relationship.target is None or given is None:
        return None
    inner = opened(project, given)
    lazy = _lazy(inner) if inner is not None else "select"
    uselist = flag(inner.get("uselist"), False) if inner is not None and inner.has("uselist") else None
    return relationship._replace(
        attribute=relationship.backref, target=relationship.owner, target_name=relationship.owner.rpartition(":")[2], lazy=lazy,
        uselist=uselist, back_populates=relationship.attribute, backref=None, cascade=text_of(inner.get("cascade")) if inner else None,

        remote_side=columns_hint(project, inner.get("remote_side"), relationship.target) if inner else None,
        foreign_keys=_from_outside(relationship), implied=True, passive_deletes=_passive(inner) if inner else False,
    )  # fmt: skip


def _from_outside(relationship: Relationship) -> str | None:
    """The columns listed in `foreign_keys=`, as the other side names them."""
    if relationship.foreign_keys is None:
        return None
    cls = relationship.owner.rpartition(":")[2]
    return ", ".join(part if "." in part else f"{cls}.{part}" for part in relationship.foreign_keys.split(", "))
