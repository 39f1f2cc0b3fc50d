"""What object-relational mappers do without being told: default column types, base classes of libraries and their columns."""

from __future__ import annotations

from typing import Final

from layercheck.tuples import NamedTuple

PYTHON_TYPES: Final[dict[str, str]] = {
    "builtins.int": "Integer",
    "builtins.float": "Float",
    "builtins.bool": "Boolean",
    "builtins.str": "String",
    "builtins.bytes": "LargeBinary",
    "decimal.Decimal": "Numeric",
    "datetime.date": "Date",
    "datetime.datetime": "DateTime",
    "datetime.time": "Time",
    "datetime.timedelta": "Interval",
    "uuid.UUID": "Uuid",
    "pydantic.AwareDatetime": "DateTime",
    "pydantic.NaiveDatetime": "DateTime",
    "pydantic.UUID4": "Uuid",
    "pydantic.PositiveInt": "Integer",
    "pydantic.NonNegativeInt": "Integer",
}
"""Python type -> class in the sqlalchemy package (sqlalchemy/sql/sqltypes.py `_type_map`; sqlmodel/main.py `get_sqlalchemy_type`)."""

SQLMODEL_STRINGS: Final[frozenset[str]] = frozenset({
    "pydantic.EmailStr", "pydantic.networks.EmailStr", "pathlib.Path", "ipaddress.IPv4Address", "ipaddress.IPv4Network",
    "ipaddress.IPv6Address", "ipaddress.IPv6Network", "pydantic.constr", "pydantic.StrictStr",
})  # fmt: skip
"""What SQLModel stores as a string beside str and its subclasses."""

BASE_CLASSES: Final[frozenset[str]] = frozenset({
    "sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta",
})  # fmt: skip
"""A direct subclass of one of these is a declarative base: not mapped itself."""

BASE_MAKERS: Final[frozenset[str]] = frozenset({
    "sqlalchemy.orm.declarative_base", "sqlalchemy.ext.declarative.declarative_base", "sqlalchemy.orm.registry.generate_base",
})  # fmt: skip
"""What these return is a declarative base; `cls=` gives it a base class."""

AS_DECLARATIVE: Final[frozenset[str]] = frozenset({
    "sqlalchemy.orm.as_declarative", "sqlalchemy.ext.declarative.as_declarative", "sqlalchemy.orm.registry.as_declarative_base",
})  # fmt: skip

MAPPING_DECORATORS: Final[frozenset[str]] = frozenset({
    "sqlalchemy.orm.registry.mapped", "sqlalchemy.orm.registry.mapped_as_dataclass", "sqlalchemy.orm.mapped_as_dataclass",
})  # fmt: skip

IMPERATIVE: Final[frozenset[str]] = frozenset({
    "sqlalchemy.orm.registry.map_imperatively", "sqlalchemy.orm.mapper", "sqlalchemy.orm.registry.map_declaratively",
})  # fmt: skip

COLUMN_CALLS: Final[frozenset[str]] = frozenset(
    {"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlalchemy.orm.unmapped_column"}
)
RELATIONSHIP_CALLS: Final[frozenset[str]] = frozenset({
    "sqlalchemy.orm.relationship", "sqlalchemy.orm.relation", "sqlalchemy.orm.dynamic_loader",
})  # fmt: skip
WRAPPERS: Final[frozenset[str]] = frozenset(
    {"sqlalchemy.orm.deferred", "sqlalchemy.orm.column_property", "sqlalchemy.orm.composite"}
)
"""Calls around a Column that leave it a column of the table."""

MAPPED: Final[frozenset[str]] = frozenset({
    "sqlalchemy.orm.Mapped", "sqlalchemy.orm.DynamicMapped", "sqlalchemy.orm.WriteOnlyMapped", "sqlalchemy.orm.Unmapped",
})  # fmt: skip

COLUMNLESS_BASES: Final[frozenset[str]] = frozenset({
    "builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "enum.Enum", "builtins.str",
    "sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "sqlalchemy.orm.MappedAsDataclass",
    "sqlalchemy.ext.asyncio.AsyncAttrs", "sqlmodel.SQLModel", "pydantic.BaseModel", "sqlalchemy.orm.declarative_base()",
    "sqlalchemy.ext.declarative.declarative_base()", "sqlalchemy.orm.registry.generate_base()", "builtins.Exception",
    "sqlalchemy.ext.declarative.AbstractConcreteBase", "sqlalchemy.ext.declarative.ConcreteBase", "sqlalchemy.orm.DeclarativeMeta",
    "fastapi_camelcase.CamelModel", "sqlalchemy_serializer.SerializerMixin", "sqlalchemy_mixins.AllFeaturesMixin",
    "sqlalchemy_mixins.ReprMixin", "sqlalchemy_mixins.SerializeMixin", "sqlalchemy_mixins.ActiveRecordMixin",
    "sqlalchemy_mixins.SmartQueryMixin", "advanced_alchemy.base.CommonTableAttributes", "advanced_alchemy.base.BasicAttributes",
    "advanced_alchemy.base.AdvancedDeclarativeBase", "advanced_alchemy.base.DefaultBase", "advanced_alchemy.base.SQLQuery",
    "advanced_alchemy.mixins.UniqueMixin", "starlette.authentication.SimpleUser", "starlette.authentication.BaseUser",
})  # fmt: skip
"""External classes that add no column (`LIBRARY_COLUMNS` has those that do)."""


class LibraryColumn(NamedTuple):
    """A column that a base class of a library adds."""

    name: str
    type: str
    nullable: bool = False
    primary_key: bool = False
    unique: bool = False
    indexed: bool = False
    foreign_key: str | None = None


_USER = (
    LibraryColumn("email", "String(320)", unique=True, indexed=True),
    LibraryColumn("hashed_password", "String(1024)"),
    LibraryColumn("is_active", "Boolean"),
    LibraryColumn("is_superuser", "Boolean"),
    LibraryColumn("is_verified", "Boolean"),
)
_OAUTH = (
    LibraryColumn("oauth_name", "String(100)", indexed=True),
    LibraryColumn("access_token", "String(1024)"),
    LibraryColumn("expires_at", "Integer", nullable=True),
    LibraryColumn("refresh_token", "String(1024)", nullable=True),
    LibraryColumn("account_id", "String(320)", indexed=True),
    LibraryColumn("account_email", "String(320)"),
)
_TOKEN = (
    LibraryColumn("token", "String(43)", primary_key=True),
    LibraryColumn("created_at", "DateTime(timezone=True)", indexed=True),
)
_GUID = LibraryColumn("id", "GUID", primary_key=True)
_USERS = "fastapi_users_db_sqlalchemy"
_USER_ID = LibraryColumn("user_id", "GUID", foreign_key="user.id")
LIBRARY_COLUMNS: Final[dict[str, tuple[LibraryColumn, ...]]] = {
    f"{_USERS}.SQLAlchemyBaseUserTable": _USER,
    f"{_USERS}.SQLAlchemyBaseUserTableUUID": (_GUID, *_USER),
    "fastapi_users.db.SQLAlchemyBaseUserTable": _USER,
    "fastapi_users.db.SQLAlchemyBaseUserTableUUID": (_GUID, *_USER),
    f"{_USERS}.SQLAlchemyBaseOAuthAccountTable": _OAUTH,
    "fastapi_users.db.SQLAlchemyBaseOAuthAccountTable": _OAUTH,
    "fastapi_users.db.SQLAlchemyBaseOAuthAccountTableUUID": (_GUID, _USER_ID, *_OAUTH),
    f"{_USERS}.SQLAlchemyBaseOAuthAccountTableUUID": (_GUID, _USER_ID, *_OAUTH),
    f"{_USERS}.access_token.SQLAlchemyBaseAccessTokenTable": _TOKEN,
    f"{_USERS}.access_token.SQLAlchemyBaseAccessTokenTableUUID": (_USER_ID, *_TOKEN),
}
"""fastapi-users-db-sqlalchemy: fastapi_users_db_sqlalchemy/__init__.py and access_token.py."""

LAZY_NAMES: Final[dict[object, str]] = {True: "select", False: "joined", None: "noload"}
"""`lazy=` values that are no strings (sqlalchemy/orm/relationships.py)."""

LIBRARY_TABLES: Final[tuple[str, ...]] = (
    "alembic_version", "apscheduler_", "casbin_rule", "celery_", "checkpoint", "dramatiq_", "kombu_", "langchain_", "pgq_", "procrastinate_",
    "spatial_ref_sys", "sqlite_",
)  # fmt: skip
"""How tables begin that libraries make and read without a model in the project."""
EAGER_LOADERS: Final = frozenset({
    "contains_eager", "immediateload", "joinedload", "joinedload_all", "noload", "raiseload", "selectinload", "selectinload_all",
    "subqueryload", "subqueryload_all",
})  # fmt: skip
"""Loader options after which an access sends no query of its own, or fails loudly (sqlalchemy/orm/strategy_options.py)."""

PASSING_LOADERS: Final = frozenset({"Load", "defaultload", "lazyload"})
"""Loader options that only lead to what is below them."""

COLUMN_LOADERS: Final = frozenset({
    "defer", "load_only", "selectin_polymorphic", "undefer", "undefer_group", "with_expression", "with_loader_criteria",
})  # fmt: skip
"""Loader options about columns: relationships stay as they are."""

STATEMENT_BUILDERS: Final = frozenset({
    "autoflush", "correlate", "distinct", "enable_assertions", "enable_eagerloads", "execution_options", "filter", "filter_by", "from_self",
    "group_by", "having", "join", "join_from", "limit", "offset", "order_by", "outerjoin", "outerjoin_from", "params", "populate_existing",
    "prefix_with", "reset_joinpoint", "select_from", "slice", "where", "with_for_update", "with_hint", "with_loader_criteria", "yield_per",
})  # fmt: skip
"""Methods of Select and Query that give a statement for the same entity."""

NARROWING_BUILDERS: Final = frozenset({
    "filter", "filter_by", "from_self", "having", "join", "join_from", "limit", "offset", "select_from", "slice", "where",
    "with_loader_criteria",
})  # fmt: skip
"""Of these, what may leave rows of the entity out."""

SELECTS: Final = frozenset({
    "sqlalchemy.future.select", "sqlalchemy.select", "sqlalchemy.sql.expression.select", "sqlmodel.select",
})  # fmt: skip
"""What makes a select statement."""

ROW_READERS: Final[dict[str, str]] = {
    "all": "many", "fetchall": "many", "fetchmany": "many", "first": "one", "get": "one", "get_one": "one", "one": "one",
    "one_or_none": "one", "fetchone": "one", "scalar": "one", "scalar_one": "one", "scalar_one_or_none": "one", "scalars": "many",
    "unique": "same", "yield_per": "same", "partitions": "pages", "__iter__": "many",
}  # fmt: skip
"""Methods of Query, Result and ScalarResult -> what they give of the rows."""

STRING_TYPES: Final[frozenset[str]] = frozenset(
    {"String", "VARCHAR", "Text", "TEXT", "AutoString", "Unicode", "UnicodeText", "CHAR"}
)
"""The types of plain text columns, by their last name."""

KEYED_CALLS: Final[dict[str, tuple[int, int | str, int]]] = {
    "builtins.filter": (1, 0, 0),
    "builtins.map": (1, 0, 0),
    "builtins.max": (0, "key", 0),
    "builtins.min": (0, "key", 0),
    "builtins.sorted": (0, "key", 0),
    "functools.reduce": (1, 0, 1),
    "heapq.nlargest": (1, "key", 0),
    "heapq.nsmallest": (1, "key", 0),
    "itertools.dropwhile": (1, 0, 0),
    "itertools.filterfalse": (1, 0, 0),
    "itertools.groupby": (0, "key", 0),
    "itertools.takewhile": (1, 0, 0),
}
"""Calls that run a function for each item: (position of the items, position or keyword of the function, which of its parameters gets one)."""
