"""Which classes are ORM tables, which are API schemas, which are settings."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import dotted
from layercheck.project import Project, query
from layercheck.queries.symbols import has_unknown_base, mro, resolve

DECLARATIVE = frozenset({
    "sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "sqlalchemy.orm.declarative_base()",
    "sqlalchemy.ext.declarative.declarative_base()", "sqlalchemy.orm.registry.generate_base()", "flask_sqlalchemy.SQLAlchemy.Model",
    "advanced_alchemy.base.UUIDBase", "advanced_alchemy.base.UUIDAuditBase", "advanced_alchemy.base.BigIntBase",
    "advanced_alchemy.base.BigIntAuditBase", "advanced_alchemy.base.DefaultBase", "fastapi_users.db.SQLAlchemyBaseUserTable",
    "fastapi_users.db.SQLAlchemyBaseUserTableUUID",
})  # fmt: skip
_AS_DECLARATIVE = frozenset({"sqlalchemy.orm.as_declarative", "sqlalchemy.ext.declarative.as_declarative"})
SQLMODEL = "sqlmodel.SQLModel"
PYDANTIC = frozenset({
    "pydantic.BaseModel", "pydantic.v1.BaseModel", "pydantic.generics.GenericModel", "pydantic.RootModel", "fastapi_camelcase.CamelModel",
})  # fmt: skip
SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlalchemy.orm.column_property"})


@query
def is_declarative_base(project: Project, cls: str) -> bool:
    """Whether a class is (or inherits) a declarative base of SQLAlchemy; SQLModel is judged by table=True instead."""
    for base in mro(project, cls):
        if base in DECLARATIVE:
            return True
        row = project.get(Class, base)
        if row is not None:
            for decorator in row.decorators:
                name = dotted(decorator[1] if ir.is_a(decorator, "call") else decorator)
                if name is not None and resolve(project, f"{row.path}:{row.parent}", name) in _AS_DECLARATIVE:
                    return True
    return False


@query
def is_table(project: Project, cls: str) -> bool:
    """Whether a class is mapped to a table of its own or shares its parent's (inheritance); abstract bases and mixins are not."""
    row = project.get(Class, cls)
    if row is None:
        return False
    fields = {f.name: f for f in row.fields}
    abstract = fields.get("__abstract__")
    if abstract is not None and abstract.value == ("const", True):
        return False
    bases = mro(project, cls)
    if SQLMODEL in bases:
        for key in bases:
            base = project.get(Class, key)
            if base is not None and any(name == "table" and value == ("const", True) for name, value in base.keywords):
                return True
        return False
    if "__tablename__" in fields or "__table__" in fields:
        return is_declarative_base(project, cls) or has_unknown_base(project, cls) or _has_columns(project, row)
    if not is_declarative_base(project, cls) or DECLARATIVE & set(bases[1:2]):
        return False
    return any(
        _has_columns(project, base_row) for key in bases if (base_row := project.get(Class, key)) is not None
    ) and (any(is_table(project, key) for key in bases[1:] if ":" in key) or _has_columns(project, row))


def _has_columns(project: Project, row: Class) -> bool:
    for field in row.fields:
        if ir.is_a(field.value, "call") and field.value is not None:
            name = dotted(field.value[1])
            if name is not None and resolve(project, row.key, name) in COLUMNS:
                return True
        if ir.is_a(field.annotation, "item") and field.annotation is not None:
            head = dotted(field.annotation[1])
            if head is not None and resolve(project, row.key, head) == "sqlalchemy.orm.Mapped":
                return True
    return False


@query
def is_schema(project: Project, cls: str) -> bool:
    """Whether a class is a Pydantic model (or a SQLModel without a table); settings classes and table classes are not."""
    bases = mro(project, cls)
    if any(base in SETTINGS for base in bases):
        return False
    return any(base in PYDANTIC or base == SQLMODEL for base in bases) and not is_table(project, cls)


@query
def is_settings(project: Project, cls: str) -> bool:
    """Whether a class reads its fields from the environment (pydantic-settings)."""
    return any(base in SETTINGS for base in mro(project, cls))


@query
def tables_in(project: Project, path: str) -> tuple[str, ...]:
    """The keys of the table classes that a file defines."""
    return tuple(c.key for c in project.of_file(Class, path) if is_table(project, c.key))
