"""Which methods of sessions, connections, queries and library repositories reach the database, and how.

Asked by `queries.sessions`, `queries.dbcalls` and through them by every rule about queries (LC103, LC113, LC114, LC601, LC901, ...).
An effect is a set of words: "sql" (a statement is sent at once), "write" (it changes rows, or marks an object to be written),
"flush", "commit", "rollback". Methods that only build or configure (select, where, begin, expire, close) are not here. Reading on
from a result or an open cursor (`fetchone` after `execute`) sends nothing new. Source: introspection and reading of SQLAlchemy 2.0/2.1,
SQLModel 0.0.50, databases 0.9, asyncpg 0.32, psycopg 3.3, aiosqlite 0.22, FastCRUD 0.23 (and 0.15), advanced-alchemy 1.12,
sqlalchemy-crud-plus 1.13, fastapi-users-db-sqlalchemy 7.0, fastapi-pagination 0.16.
"""

from __future__ import annotations

_SQL = frozenset({"sql"})
_WRITE = frozenset({"write"})
_SQL_WRITE = frozenset({"sql", "write"})
_FLUSHED = frozenset({"sql", "write", "flush"})
_COMMITTED = frozenset({"sql", "write", "commit"})

SYNC_SESSIONS: frozenset[str] = frozenset({
    "MySQLdb.connections.Connection", "MySQLdb.cursors.Cursor", "mysql.connector.connection.MySQLConnection",
    "mysql.connector.cursor.MySQLCursor", "oracledb.Connection", "oracledb.Cursor", "psycopg.Connection", "psycopg.Cursor",
    "psycopg2.extensions.connection", "psycopg2.extensions.cursor", "pymssql.Connection", "pymssql.Cursor",
    "pymysql.connections.Connection", "pymysql.cursors.Cursor", "pyodbc.Connection", "pyodbc.Cursor",
    "snowflake.connector.connection.SnowflakeConnection", "snowflake.connector.cursor.SnowflakeCursor",
    "sqlalchemy.Connection", "sqlalchemy.Engine", "sqlalchemy.orm.Session",
    "sqlalchemy.orm.scoped_session", "sqlite3.Connection", "sqlite3.Cursor", "sqlmodel.Session",
})  # fmt: skip
"""Sessions, connections, cursors and engines whose calls block the thread."""

ASYNC_SESSIONS: frozenset[str] = frozenset({
    "aiomysql.Connection", "aiomysql.Cursor", "aiosqlite.Connection", "aiosqlite.Cursor", "asyncpg.Connection", "asyncpg.Pool",
    "databases.Database", "databases.core.Connection", "oracledb.AsyncConnection", "psycopg.AsyncConnection", "psycopg.AsyncCursor",
    "sqlalchemy.ext.asyncio.AsyncConnection", "sqlalchemy.ext.asyncio.AsyncEngine", "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.async_scoped_session", "sqlmodel.ext.asyncio.session.AsyncSession",
})  # fmt: skip
"""The same with coroutine methods."""

ENGINES: frozenset[str] = frozenset({"sqlalchemy.Engine", "sqlalchemy.ext.asyncio.AsyncEngine"})
"""Of these `connect` and `begin` open a connection and send nothing; `execute` is SQLAlchemy 1.x."""

ENGINE_MAKERS: frozenset[str] = frozenset({
    "databases.Database", "sqlalchemy.create_engine", "sqlalchemy.engine_from_config",
    "sqlalchemy.ext.asyncio.async_engine_from_config", "sqlalchemy.ext.asyncio.create_async_engine",
})  # fmt: skip
"""Callables that make an engine (a pool of connections) and belong into the module that owns the database."""

SESSION_MAKERS: frozenset[str] = frozenset({
    "sqlalchemy.ext.asyncio.async_scoped_session", "sqlalchemy.ext.asyncio.async_sessionmaker", "sqlalchemy.orm.scoped_session",
    "sqlalchemy.orm.sessionmaker",
})  # fmt: skip
"""Factories and registries of sessions."""

FOREIGN_SESSIONS: frozenset[str] = frozenset({
    "advanced_alchemy", "fastapi_async_sqlalchemy", "fastapi_restful", "fastapi_sqla", "fastapi_sqlalchemy", "fastapi_utils",
    "flask_sqlalchemy", "litestar", "sqlalchemy_bind_manager", "starlette_sqlalchemy",
})  # fmt: skip
"""Packages that make sessions with settings of their own."""

SESSION_METHODS: dict[str, frozenset[str]] = {
    # SQLAlchemy and SQLModel
    "add": _WRITE,
    "add_all": _WRITE,
    "bulk_insert_mappings": _SQL_WRITE,
    "bulk_save_objects": _SQL_WRITE,
    "bulk_update_mappings": _SQL_WRITE,
    "commit": frozenset({"commit"}),
    "delete": _WRITE,
    "exec": _SQL,
    "exec_driver_sql": _SQL,
    "execute": _SQL,
    "flush": _FLUSHED,
    "get": _SQL,
    "get_one": _SQL,
    "merge": _SQL_WRITE,
    "refresh": _SQL,
    "rollback": frozenset({"rollback"}),
    "scalar": _SQL,
    "scalars": _SQL,
    "stream": _SQL,
    "stream_scalars": _SQL,
    # DB-API drivers, aiosqlite
    "callproc": _SQL,
    "copy_expert": _SQL,
    "copy_from": _SQL_WRITE,
    "copy_to": _SQL,
    "execute_fetchall": _SQL,
    "execute_insert": _SQL_WRITE,
    "executemany": _SQL,
    "executescript": _SQL,
    # databases, asyncpg
    "copy_from_query": _SQL,
    "copy_from_table": _SQL,
    "copy_records_to_table": _SQL_WRITE,
    "copy_to_table": _SQL_WRITE,
    "execute_many": _SQL,
    "fetch": _SQL,
    "fetch_all": _SQL,
    "fetch_one": _SQL,
    "fetch_val": _SQL,
    "fetchrow": _SQL,
    "fetchval": _SQL,
    "iterate": _SQL,
}
"""Method of any session, connection or cursor -> its effects. `merge` flushes what waits, then reads the row of a key that it has not."""

OPEN_CURSORS: frozenset[str] = frozenset({
    "MySQLdb.cursors.Cursor", "aiomysql.Cursor", "aiosqlite.Cursor", "mysql.connector.cursor.MySQLCursor", "oracledb.Cursor",
    "psycopg.AsyncCursor", "psycopg.Cursor", "psycopg2.extensions.cursor", "pymssql.Cursor", "pymysql.cursors.Cursor", "pyodbc.Cursor",
    "snowflake.connector.cursor.SnowflakeCursor", "sqlite3.Cursor",
})  # fmt: skip
"""Cursors of drivers: their `fetch*` methods read on from a statement already sent."""

QUERY_TERMINALS: frozenset[str] = frozenset({
    "all", "count", "delete", "first", "get", "one", "one_or_none", "scalar", "update", "__iter__", "__getitem__",
})  # fmt: skip
"""Methods of `sqlalchemy.orm.Query` that send it; the others build (`exists`, `subquery`, `filter`). `delete` and `update` write."""

RESULT_READERS: frozenset[str] = frozenset({
    "all", "fetchall", "fetchmany", "fetchone", "first", "one", "one_or_none", "partitions", "scalar", "scalar_one",
    "scalar_one_or_none",
})  # fmt: skip
"""Methods of Result, ScalarResult and MappingResult that read rows which the database has already sent."""

_FASTCRUD: dict[str, frozenset[str]] = {
    "count": _SQL,
    "create": _COMMITTED,
    "db_delete": _COMMITTED,
    "delete": _COMMITTED,
    "exists": _SQL,
    "get": _SQL,
    "get_joined": _SQL,
    "get_multi": _SQL,
    "get_multi_by_cursor": _SQL,
    "get_multi_joined": _SQL,
    "update": _COMMITTED,
    "upsert": _COMMITTED,
    "upsert_multi": _SQL_WRITE,
}
_CRUD_PLUS: dict[str, frozenset[str]] = {
    "bulk_create_models": _SQL_WRITE,
    "bulk_update_models": _SQL_WRITE,
    "count": _SQL,
    "create_model": _WRITE,
    "create_models": _WRITE,
    "delete_model": _SQL_WRITE,
    "delete_model_by_column": _SQL_WRITE,
    "exists": _SQL,
    "select_model": _SQL,
    "select_model_by_column": _SQL,
    "select_models": _SQL,
    "select_models_order": _SQL,
    "update_model": _SQL_WRITE,
    "update_model_by_column": _SQL_WRITE,
}
_ALCHEMY_READ: dict[str, frozenset[str]] = {
    "count": _SQL,
    "exists": _SQL,
    "get": _SQL,
    "get_many": _SQL,
    "get_many_and_count": _SQL,
    "get_one": _SQL,
    "get_one_or_none": _SQL,
    "list": _SQL,
    "list_and_count": _SQL,
}
_ALCHEMY_WRITE: dict[str, frozenset[str]] = {
    "add": _FLUSHED,
    "add_many": _FLUSHED,
    "create": _FLUSHED,
    "create_many": _FLUSHED,
    "delete": _FLUSHED,
    "delete_many": _FLUSHED,
    "delete_where": _FLUSHED,
    "get_and_update": _FLUSHED,
    "get_or_upsert": _FLUSHED,
    "update": _FLUSHED,
    "update_many": _FLUSHED,
    "upsert": _FLUSHED,
    "upsert_many": _FLUSHED,
}
_ALCHEMY = {**_ALCHEMY_READ, **_ALCHEMY_WRITE}
_USERS: dict[str, frozenset[str]] = {
    "add_oauth_account": _COMMITTED,
    "create": _COMMITTED,
    "delete": _COMMITTED,
    "get": _SQL,
    "get_by_email": _SQL,
    "get_by_oauth_account": _SQL,
    "get_by_token": _SQL,
    "update": _COMMITTED,
    "update_oauth_account": _COMMITTED,
}

LIBRARY_REPOSITORIES: dict[str, dict[str, frozenset[str]]] = {
    "advanced_alchemy.repository.SQLAlchemyAsyncQueryRepository": _ALCHEMY_READ,
    "advanced_alchemy.repository.SQLAlchemyAsyncRepository": _ALCHEMY,
    "advanced_alchemy.repository.SQLAlchemySyncQueryRepository": _ALCHEMY_READ,
    "advanced_alchemy.repository.SQLAlchemySyncRepository": _ALCHEMY,
    "fastapi_users_db_sqlalchemy.SQLAlchemyUserDatabase": _USERS,
    "fastapi_users_db_sqlalchemy.access_token.SQLAlchemyAccessTokenDatabase": _USERS,
    "fastcrud.FastCRUD": _FASTCRUD,
    "sqlalchemy_crud_plus.CRUDPlus": _CRUD_PLUS,
}
"""Repository class of a library -> method -> effects with the library's default arguments. Subclasses inherit them."""

LIBRARY_SERVICES: dict[str, dict[str, frozenset[str]]] = {
    "advanced_alchemy.service.SQLAlchemyAsyncQueryService": _ALCHEMY_READ,
    "advanced_alchemy.service.SQLAlchemyAsyncRepositoryReadService": _ALCHEMY_READ,
    "advanced_alchemy.service.SQLAlchemyAsyncRepositoryService": _ALCHEMY,
    "advanced_alchemy.service.SQLAlchemySyncQueryService": _ALCHEMY_READ,
    "advanced_alchemy.service.SQLAlchemySyncRepositoryReadService": _ALCHEMY_READ,
    "advanced_alchemy.service.SQLAlchemySyncRepositoryService": _ALCHEMY,
    "fastapi_users.BaseUserManager": {
        "authenticate": _SQL,
        "create": _COMMITTED,
        "delete": _COMMITTED,
        "get": _SQL,
        "get_by_email": _SQL,
        "get_by_oauth_account": _SQL,
        "oauth_callback": _COMMITTED,
        "reset_password": _COMMITTED,
        "update": _COMMITTED,
        "verify": _COMMITTED,
    },
}
"""Service class of a library, one layer above a repository -> method -> effects."""

SYNC_LIBRARIES: frozenset[str] = frozenset({
    "advanced_alchemy.repository.SQLAlchemySyncQueryRepository", "advanced_alchemy.repository.SQLAlchemySyncRepository",
    "advanced_alchemy.service.SQLAlchemySyncQueryService", "advanced_alchemy.service.SQLAlchemySyncRepositoryReadService",
    "advanced_alchemy.service.SQLAlchemySyncRepositoryService",
})  # fmt: skip
"""Those of the two tables above whose methods block; the methods of the others are coroutines."""

COMMIT_ARGUMENT: dict[str, dict[str, bool]] = {
    "fastcrud.FastCRUD": {
        "create": True, "db_delete": True, "delete": True, "update": True, "upsert_multi": False,
    },
    "sqlalchemy_crud_plus.CRUDPlus": {
        "bulk_create_models": False, "bulk_update_models": False, "create_model": False, "create_models": False, "delete_model": False,
        "delete_model_by_column": False, "update_model": False, "update_model_by_column": False,
    },
}  # fmt: skip
"""Repository class -> method with a parameter `commit` -> its default: a literal `commit=False` takes "commit" away, True adds it."""

SESSION_ARGUMENT: dict[str, tuple[str, int]] = {
    "fastapi_pagination.ext.sqlalchemy.apaginate": ("conn", 0),
    "fastapi_pagination.ext.sqlalchemy.paginate": ("conn", 0),
    "fastapi_pagination.ext.sqlmodel.apaginate": ("session", 0),
    "fastapi_pagination.ext.sqlmodel.paginate": ("session", 0),
    "fastcrud.FastCRUD": ("db", 0),
    "sqlalchemy_crud_plus.CRUDPlus": ("session", 0),
}
"""Function, or class all of whose methods do so -> the parameter that takes the session, and its position (self not counted)."""

SENDING_FUNCTIONS: dict[str, frozenset[str]] = {
    "fastapi_pagination.ext.sqlalchemy.apaginate": _SQL,
    "fastapi_pagination.ext.sqlalchemy.paginate": _SQL,
    "fastapi_pagination.ext.sqlmodel.apaginate": _SQL,
    "fastapi_pagination.ext.sqlmodel.paginate": _SQL,
    "pandas.DataFrame.to_sql": _SQL_WRITE,
    "pandas.read_sql": _SQL,
    "pandas.read_sql_query": _SQL,
    "pandas.read_sql_table": _SQL,
}
"""Functions of libraries that send SQL over the session or connection they are handed -> effects."""

SQL_TEXT_ARGUMENT: frozenset[str] = frozenset({"sqlalchemy.text", "sqlalchemy.DDL"})
"""Callables whose first argument is SQL text."""
