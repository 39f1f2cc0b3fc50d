"""What must be closed, and what closes it.

Asked by `queries.ownership` and the rules about unclosed sessions and resources (LC617, LC904). Source: the documentation of the
standard library, SQLAlchemy, the database drivers and the HTTP clients.
"""

from __future__ import annotations

CONNECTION_OPENERS: frozenset[str] = frozenset({
    "MySQLdb.connect", "aiomysql.connect", "aiosqlite.connect", "asyncpg.connect", "mysql.connector.connect", "oracledb.connect",
    "oracledb.connect_async", "psycopg.AsyncConnection.connect", "psycopg.Connection.connect", "psycopg.connect", "psycopg2.connect",
    "pymysql.connect", "pyodbc.connect", "sqlalchemy.Engine.connect", "sqlalchemy.Engine.raw_connection",
    "sqlalchemy.ext.asyncio.AsyncEngine.connect", "sqlalchemy.ext.asyncio.AsyncEngine.raw_connection", "sqlite3.connect",
})  # fmt: skip
"""Calls that open a database connection which the caller has to close."""

FILE, HTTP_CLIENT, SOCKET, WORKERS = "a file", "an HTTP client", "a socket", "a pool of workers"

RESOURCE_OPENERS: dict[str, str] = {
    "aiofiles.open": FILE,
    "aiohttp.ClientSession": HTTP_CLIENT,
    "builtins.open": FILE,
    "bz2.open": FILE,
    "codecs.open": FILE,
    "concurrent.futures.ProcessPoolExecutor": WORKERS,
    "concurrent.futures.ThreadPoolExecutor": WORKERS,
    "gzip.open": FILE,
    "httpx.AsyncClient": HTTP_CLIENT,
    "httpx.Client": HTTP_CLIENT,
    "io.open": FILE,
    "lzma.open": FILE,
    "pathlib.Path.open": FILE,
    "requests.Session": HTTP_CLIENT,
    "requests.session": HTTP_CLIENT,
    "socket.create_connection": SOCKET,
    "socket.socket": SOCKET,
    "tempfile.NamedTemporaryFile": FILE,
    "tempfile.TemporaryFile": FILE,
    "zipfile.ZipFile": FILE,
}
"""Calls that make something which holds a file, a socket or threads until it is closed, and what that is."""

ASYNC_RESOURCES: frozenset[str] = frozenset({"aiofiles.open", "aiohttp.ClientSession", "httpx.AsyncClient"})
"""Those of RESOURCE_OPENERS that only `async with` enters."""

CLOSERS: frozenset[str] = frozenset({
    "__aexit__", "__exit__", "aclose", "close", "close_all", "detach", "disconnect", "dispose", "invalidate", "quit", "release", "remove",
    "shutdown", "terminate",
})  # fmt: skip
"""Methods that give a resource back."""

KEEPERS: frozenset[str] = frozenset({
    "aclosing", "callback", "closing", "enter_async_context", "enter_context", "push", "push_async_callback", "push_async_exit", "putconn",
    "register", "release", "suppress",
})  # fmt: skip
"""Functions and methods (last names) that close what they are handed, or see to it."""

READERS: frozenset[str] = frozenset({
    "csv.DictReader", "csv.DictWriter", "csv.reader", "csv.writer", "json.dump", "json.load", "pickle.dump", "pickle.load",
    "pydantic.parse_file_as", "shutil.copyfileobj", "toml.load", "tomllib.load", "yaml.dump", "yaml.full_load", "yaml.load",
    "yaml.safe_dump", "yaml.safe_load",
})  # fmt: skip
"""Functions that read or write a file they are handed and leave it open."""
