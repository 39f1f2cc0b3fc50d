"""Queries of a single row that no lazy relationship sends: a deferred column, a column of a subclass, a row that a commit has expired.

Sources: sqlalchemy/orm/strategies.py (`DeferredColumnLoader`, `ImmediateLoader`), orm/loading.py (`load_scalar_attributes`),
orm/relationships.py (`cascade_iterator`: deleting loads what it cascades to, `passive_deletes` aside).
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.knowledge.database import FOREIGN_SESSIONS
from layercheck.project import Project, query
from layercheck.queries.instances import Late, Rows, has_key_of, is_lazy
from layercheck.queries.loading import ALL
from layercheck.queries.symbols import resolve
from layercheck.queries.tables import mapped_classes, relationships_of, table_of
from layercheck.queries.tables_mapping import lineage
from layercheck.queries.tables_rows import Column, Relationship

_EXPIRES = "expire_on_commit"


def late_column(project: Project, row: Rows, name: str) -> Late | None:
    """What reading an attribute of a row sends a query for, when that is a column which its query has not fetched."""
    if row.few or row.guarded or not row.loads.sure:
        return None  # over an async session such a read fails: code that runs has the column
    path = (*row.path, name)
    if path in row.loads.shown or (*row.path, ALL) in row.loads.shown:
        return None
    column = _column(project, row.entity, name)
    if column is None:
        return _of_subclass(project, row.entity, name)
    if column.primary_key is not False:
        return None
    if name in deferred_columns(project, row.entity):
        return Late(name, column.owner, column.place, "deferred")
    hidden = {(cls, what) for where, cls, what in row.loads.hidden if where == row.path}
    for base in lineage(project, row.entity) if hidden else ():
        cls = base.rpartition(":")[2].rpartition(".")[2]
        if (cls, name) in hidden or (cls, ALL) in hidden:
            return Late(name, column.owner, column.place, "left out")
    return None


def expired_row(project: Project, row: Rows, name: str) -> Late | None:
    """What reading a column of a row sends, when a commit has expired the row."""
    column = _column(project, row.entity, name) if row.expired and not row.few else None
    return Late(name, row.entity, column.place, "expired") if column is not None else None


def deleted_with(project: Project, row: Rows) -> tuple[Late, ...]:
    """What `session.delete(row)` loads to delete it too."""
    if row.few or row.loop == 0:
        return ()
    return tuple(
        Late(found.attribute, found.owner, found.place, "deleted", found.uselist is True)
        for found in relationships_of(project, row.entity)
        if _cascades(found)
        and found.target is not None
        and (found.uselist is True or (found.uselist is False and not has_key_of(project, row.entity, found.target)))
        and is_lazy(project, row._replace(guarded=False), found)
    )


def _cascades(found: Relationship) -> bool:
    words = {part.strip() for part in (found.cascade or "").split(",")}
    return bool(words & {"all", "delete"}) and found.passive_deletes is False and not found.viewonly


def fetched_singly(project: Project, rows: Rows) -> tuple[Late, ...]:
    """The relationships that `immediateload` in the query of many rows fetches for each of them."""
    if rows.few or rows.path:
        return ()
    row = rows._replace(shape="one", loop=1, loads=rows.loads._replace(paths=rows.loads.paths - rows.loads.singly))
    return tuple(
        Late(found.attribute, found.owner, found.place, "singly", found.uselist is True)
        for found in relationships_of(project, rows.entity)
        if (found.attribute,) in rows.loads.singly and is_lazy(project, row._replace(guarded=False), found)
    )


def _column(project: Project, entity: str, name: str) -> Column | None:
    """The column behind an attribute of a mapped class, those of the classes that it inherits a table from included."""
    for base in lineage(project, entity):
        table = table_of(project, base) if ":" in base and project.get(Class, base) is not None else None
        found = table.attribute(name) if table is not None else None
        if found is not None:
            return found
    return None


@query
def deferred_columns(project: Project, entity: str) -> frozenset[str]:
    """The attributes that a mapped class and its bases declare deferred; a read of one that fails instead does not count."""
    found: dict[str, bool] = {}
    for base in lineage(project, entity):
        row = project.get(Class, base)
        for field in row.fields if row is not None else ():
            found.setdefault(field.name, _is_deferred(project, base, field.value))
    return frozenset(name for name, deferred in found.items() if deferred)


def _is_deferred(project: Project, scope: str, value: ir.Expr | None) -> bool:
    """`mapped_column(deferred=True)`, `deferred(Column(...))`."""
    if not ir.is_a(value, "call") or value is None or any(name is None for name, _ in value[3]):
        return False
    name = ir.last_name(value[1])
    if ir.keyword(value, "deferred_raiseload") is not None or ir.keyword(value, "raiseload") is not None:
        return False
    if name == "mapped_column":
        return bool(ir.keyword(value, "deferred") == ("const", True))
    if name != "deferred" or not value[2] or not ir.is_a(value[2][0], "call"):
        return False
    return ir.last_name(value[2][0][1]) in ("Column", "mapped_column")


def _of_subclass(project: Project, entity: str, name: str) -> Late | None:
    """A column of a subclass with a table of its own (joined inheritance), when nothing loads it with the rows of its base."""
    if _loads_subclasses(project, entity):
        return None
    found = []
    for cls in _below(project, entity):
        table = table_of(project, cls)
        column = table.attribute(name) if table is not None and not table.shares and table.complete else None
        if column is not None and column.primary_key is False:
            found.append((cls, column))
    if not found or any(_loads_subclasses(project, cls) for cls, _ in found):
        return None
    cls, column = found[0]
    return Late(name, cls, column.place, "inherited")


def _below(project: Project, entity: str) -> tuple[str, ...]:
    """The mapped classes that inherit from one."""
    return _heirs(project).get(entity, ())


@query
def _heirs(project: Project) -> dict[str, tuple[str, ...]]:
    """Class -> the mapped classes that inherit from it."""
    found: dict[str, list[str]] = {}
    for cls in mapped_classes(project):
        for base in lineage(project, cls)[1:]:
            if ":" in base:
                found.setdefault(base, []).append(cls)
    return {base: tuple(heirs) for base, heirs in found.items()}


def _loads_subclasses(project: Project, cls: str) -> bool:
    """Whether the rows of a class come with the columns of its subclasses, or as far as one can see may: `with_polymorphic="*"`,
    `polymorphic_load="selectin"`; or the class has no discriminator, and every row is one of its own."""
    args: dict[str, ir.Expr] = {}
    for base in lineage(project, cls):
        row = project.get(Class, base)
        for field in row.fields if row is not None else ():
            if field.name == "__mapper_args__":
                if not ir.is_a(field.value, "dict") or field.value is None:
                    return True
                for key, value in field.value[1]:
                    text = ir.text_of(key) if key is not None else None
                    if text is None:
                        return True
                    args.setdefault(text, value)
    return "polymorphic_on" not in args or not {"with_polymorphic", "polymorphic_load", "concrete"}.isdisjoint(args)


@query
def expires_on_commit(project: Project) -> bool:
    """Whether a commit expires the rows of a session: that is the default, and nothing in the project says or may say otherwise."""
    from layercheck.queries.file_kinds import is_test

    for path in project.files():
        if not path.endswith(".py") or is_test(project, path):
            continue
        if _may_keep_rows(project, path):
            return False
    return True


@query
def _may_keep_rows(project: Project, path: str) -> bool:
    """Whether a file names the setting, or gets its sessions from a library that has its own."""
    module = project.imports_in(path)
    for one in module.imports if module is not None else ():
        if one.module.partition(".")[0] in FOREIGN_SESSIONS:
            return True
        if one.level == 0 and one.name is not None and "session" in one.bound.lower():
            symbol = resolve(project, f"{path}:", one.bound)
            if symbol is None or (":" not in symbol and symbol.partition(".")[0] not in _PLAIN):
                return True  # who knows how they make it
    return any(_EXPIRES in said.words or _EXPIRES in said.texts for said in project.said_in(path))


_PLAIN = frozenset({
    "aiohttp", "aiobotocore", "boto3", "botocore", "curl_cffi", "httpx", "requests", "snowflake", "sqlalchemy", "sqlmodel", "starlette",
    "fastapi", "telethon", "trio", "typing", "collections", "contextlib", "cachecontrol", "requests_html", "requests_cache", "itsdangerous",
})  # fmt: skip
