"""The tables of knowledge: canonical names, agreement with each other and with the libraries that are installed."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import pytest

from layercheck.knowledge import (
    aliases,
    blocking,
    coroutines,
    credentials,
    database,
    frameworks,
    names,
    pagination,
    redis_commands,
    types,
)

MODULES = (aliases, blocking, coroutines, credentials, database, frameworks, names, pagination, redis_commands, types)
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\.?")


def all_names() -> Iterable[tuple[str, str]]:
    """Every dotted name in a table that is looked up by canonical name, with its table."""
    tables: dict[str, Iterable[str]] = {
        "RETURNS": types.RETURNS,
        "RETURNS (values)": types.RETURNS.values(),
        "BASES": types.BASES,
        "BASES (values)": [b for bases in types.BASES.values() for b in bases],
        "FACTORIES": types.FACTORIES,
        "AWAITABLE": coroutines.AWAITABLE,
        "BLOCKING_CALLS": blocking.BLOCKING_CALLS,
        "BLOCKING_METHODS": blocking.BLOCKING_METHODS,
        "OFFLOADERS": blocking.OFFLOADERS,
        "SESSIONS": database.SYNC_SESSIONS | database.ASYNC_SESSIONS,
        "LIBRARY_REPOSITORIES": database.LIBRARY_REPOSITORIES,
        "LIBRARY_SERVICES": database.LIBRARY_SERVICES,
        "CLIENTS": frameworks.CLIENTS,
        "RESPONSE_CLASSES": frameworks.RESPONSE_CLASSES,
        "SECURITY_SCHEMES": frameworks.SECURITY_SCHEMES,
        "ROUTERS": frameworks.ROUTERS,
    }
    for table, entries in tables.items():
        for entry in entries:
            yield table, entry


def test_every_name_is_canonical() -> None:
    wrong = [(table, name, aliases.ALIASES[name]) for table, name in all_names() if name in aliases.ALIASES]
    assert not wrong


def test_an_alias_leads_to_a_canonical_name_in_one_step() -> None:
    assert not [(a, c) for a, c in aliases.ALIASES.items() if c in aliases.ALIASES or a == c]
    assert not [a for a in aliases.EQUIVALENT if a in aliases.ALIASES]


def test_names_are_dotted_names() -> None:
    for table, name in all_names():
        assert DOTTED.fullmatch(name), (table, name)
    for alias, name in aliases.ALIASES.items():
        assert DOTTED.fullmatch(alias)
        assert DOTTED.fullmatch(name)


def test_bases_have_no_cycle() -> None:
    def above(name: str, path: tuple[str, ...] = ()) -> None:
        assert name not in path, path
        for base in types.BASES.get(name, ()):
            above(base, (*path, name))

    for name in types.BASES:
        above(name)


def test_a_type_given_by_a_factory_is_a_session() -> None:
    for made in types.FACTORIES.values():
        assert made in database.SYNC_SESSIONS | database.ASYNC_SESSIONS


def test_effects_are_known_words() -> None:
    words = {"sql", "write", "flush", "commit", "rollback"}
    tables = [database.SESSION_METHODS, *database.LIBRARY_REPOSITORIES.values(), *database.LIBRARY_SERVICES.values()]
    for table in tables:
        for method, effects in table.items():
            assert effects, method
            assert effects <= words, method
    assert "sql" not in database.SESSION_METHODS["add"]
    assert "sql" not in database.SESSION_METHODS["commit"]


def test_no_session_is_both_kinds() -> None:
    assert not database.SYNC_SESSIONS & database.ASYNC_SESSIONS


def test_nothing_blocks_and_is_awaited() -> None:
    assert not coroutines.AWAITABLE & set(blocking.BLOCKING_CALLS)
    methods = {f"{owner}.{m}" for owner, found in blocking.BLOCKING_METHODS.items() for m in found}
    assert not coroutines.AWAITABLE & methods
    assert coroutines.ENTERABLE <= coroutines.AWAITABLE


def test_what_may_return_at_once_blocks_otherwise() -> None:
    blocks = {f"{owner}.{m}" for owner, found in blocking.BLOCKING_METHODS.items() for m in found}
    assert not set(blocking.NEVER_WAITS) - blocks - set(blocking.BLOCKING_CALLS)
    assert any(name.startswith(blocking.CHILD_MODES[0]) for name in blocking.BLOCKING_CALLS)


def test_what_is_read_later_is_given_by_some_call() -> None:
    assert set(blocking.BLOCKING_READS) <= set(types.RETURNS.values())


def test_client_categories_are_those_of_the_tables() -> None:
    known = set(blocking.BLOCKING_CALLS.values()) | set(blocking.METHOD_CATEGORIES.values())
    assert known > blocking.CLIENT_CATEGORIES


def test_builders_send_nothing() -> None:
    for name in ("pipeline", "pubsub", "lock", "register_script", "scan_iter", "close"):
        assert name not in redis_commands.REDIS_COMMANDS
    for name in ("exists", "filter", "subquery", "limit"):
        assert name not in database.QUERY_TERMINALS


def test_layer_names_are_disjoint() -> None:
    seen: set[str] = set()
    for _, found in names.LAYER_NAMES:
        assert not seen & found
        seen |= found


def test_tables_import_nothing_and_fast() -> None:
    code = (
        "import sys; before = set(sys.modules); "
        + "; ".join(f"import {m.__name__}" for m in MODULES)
        + "; print(*sorted(set(sys.modules) - before))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert all(name.startswith("layercheck") or name == "__future__" for name in out), out


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_module_says_what_it_is(module: Any) -> None:
    assert module.__doc__
    assert "Source:" in module.__doc__
    assert "sked by" in module.__doc__


STDLIB = sys.stdlib_module_names


def found(dotted: str) -> Any:
    """The object of a dotted name, or None where the library (or this version of it) has none."""
    parts = dotted.rstrip(".").split(".")
    for cut in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        try:
            for part in parts[cut:]:
                value = getattr(value, part, None)
        except Exception:  # pydantic raises its own error for names of version 1
            return None
        return value
    return None


def test_names_of_the_standard_library_exist() -> None:
    wanted = {name for _, name in all_names() if name.split(".")[0] in STDLIB and not name.startswith("builtins.None")}
    for owner, methods in blocking.BLOCKING_METHODS.items():
        wanted |= {f"{owner}.{m}" for m in methods if owner.split(".")[0] in STDLIB}
    driver_only = {"callproc", "copy_expert", "copy_from", "copy_to"}
    missing = [n for n in sorted(wanted) if found(n) is None and n.rpartition(".")[2] not in driver_only]
    allowed = {
        "multiprocessing.Queue.get",
        "select.poll.poll",
        "threading.Barrier.wait",
    }  # bound methods of a context; factories
    assert not [n for n in missing if n not in allowed]


INSTALLED = [
    name
    for name in (
        "sqlalchemy",
        "sqlmodel",
        "fastapi",
        "starlette",
        "pydantic",
        "httpx",
        "requests",
        "redis",
        "fastcrud",
        "asyncpg",
    )
    if importlib.util.find_spec(name) is not None
]


@pytest.mark.parametrize("library", INSTALLED)
def test_aliases_are_the_same_object(library: str) -> None:
    """Paths of other releases may be missing; those that exist must be the very object."""
    checked = 0
    for alias, name in aliases.ALIASES.items():
        if alias.split(".")[0] != library:
            continue
        one, other = found(alias), found(name)
        if one is None or other is None or getattr(one, "__deprecated__", None) or "ext.declarative" in alias:
            continue
        checked += 1
        assert one is other, (alias, name)
    assert checked or library in ("httpx", "starlette", "pydantic")


@pytest.mark.parametrize("library", INSTALLED)
def test_coroutines_agree_with_the_library(library: str) -> None:
    """A listed method that the library has is a coroutine function, or returns an awaitable context manager."""
    for owner, listed in coroutines._METHODS:
        cls = found(owner)
        if owner.split(".")[0] != library or not inspect.isclass(cls):
            continue
        for name in listed.split():
            value = getattr(cls, name, None)
            if value is None or f"{owner}.{name}" in coroutines.ENTERABLE:
                continue
            assert not inspect.isasyncgenfunction(value), (owner, name)
            assert inspect.iscoroutinefunction(inspect.unwrap(value)) or library == "redis", (owner, name)
