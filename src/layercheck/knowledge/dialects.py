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
