"""How a project shows which database it runs on. Sources: SQLAlchemy docs "Dialects", the drivers' pages on PyPI."""

from __future__ import annotations

DRIVERS: dict[str, str] = {
    "aiomysql": "mysql", "asyncmy": "mysql", "mariadb": "mysql", "mysql": "mysql", "mysqlclient": "mysql", "MySQLdb": "mysql",
    "mysql-connector-python": "mysql", "PyMySQL": "mysql", "pymysql": "mysql",
    "asyncpg": "postgresql", "pg8000": "postgresql", "psycopg": "postgresql", "psycopg2": "postgresql", "psycopg2-binary": "postgresql",
    "psycopg-binary": "postgresql", "pgvector": "postgresql",
    "aiosqlite": "sqlite", "sqlite3": "sqlite",
    "oracledb": "oracle", "cx_Oracle": "oracle", "aioodbc": "mssql", "pymssql": "mssql", "pyodbc": "mssql",
}  # fmt: skip
"""Drivers, as packages and as modules."""

SCHEMES: dict[str, str] = {
    "postgresql": "postgresql", "postgres": "postgresql", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite", "oracle": "oracle",
    "mssql": "mssql",
}  # fmt: skip
"""The first part of a database URL."""

SUPERUSERS: frozenset[str] = frozenset({"postgres", "root", "sa"})
"""The accounts that may do everything, as the servers' images and installers name them."""

TLS_OFF: frozenset[str] = frozenset(
    {"0", "allow", "disable", "disabled", "false", "no", "off", "optional", "prefer", "preferred"}
)
"""Values of `sslmode`, `ssl`, `ssl_mode` and `Encrypt` with which a connection may stay in the clear (libpq, asyncpg, MySQL, ODBC)."""

TLS_REMEDIES: dict[str, str] = {
    "asyncpg": "ssl=verify-full", "asyncmy": "connect_args with ssl", "aiomysql": "connect_args with ssl", "postgresql": "sslmode=verify-full",
    "mysql": "ssl_ca", "mssql": "Encrypt=yes",
}  # fmt: skip
"""What switches TLS on, by driver, else by dialect. Sources: SQLAlchemy docs "Dialects", the drivers' documentation."""

CONNECTORS: dict[str, tuple[int, str]] = {
    "asyncpg.connect": (0, "dsn"), "asyncpg.create_pool": (0, "dsn"), "databases.Database": (0, "url"), "psycopg.connect": (0, "conninfo"),
    "psycopg.AsyncConnection.connect": (0, "conninfo"), "psycopg.Connection.connect": (0, "conninfo"), "psycopg2.connect": (0, "dsn"),
    "psycopg_pool.AsyncConnectionPool": (0, "conninfo"), "psycopg_pool.ConnectionPool": (0, "conninfo"), "sqlalchemy.create_engine": (0, "url"),
    "sqlalchemy.ext.asyncio.create_async_engine": (0, "url"), "sqlmodel.create_engine": (0, "url"),
}  # fmt: skip
"""What connects to a database by a URL -> (position, keyword) of the URL."""
