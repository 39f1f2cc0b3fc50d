"""Types as plain tuples (see `types`), and what can be said of them without a look at the project."""

from __future__ import annotations

from typing import Any

Type = Any
"""A tuple as described above, or None."""


def instance(symbol: str, *args: Type) -> Type:
    """The type of an instance of a class."""
    return ("inst", symbol, args)


def element_type(kind: Type) -> Type:
    """What iterating over a value gives."""
    match kind:
        case ("gen", inner):
            return inner
        case ("inst", "builtins.list", (inner, *_)):
            return inner
        case ("inst", "builtins.dict", (inner, *_)):
            return inner
        case ("inst", "sqlalchemy.orm.Query" | "sqlalchemy.ScalarResult" | "sqlalchemy.AsyncScalarResult", (inner, *_)):
            return inner
    return None


def external_instance(external: str) -> Type:
    """An external class gives an instance; a function that no table knows gives nothing."""
    last = external.rpartition(".")[2]
    if last[:1].isupper() and not last.isupper():
        return instance(external)
    return None


def mentions_variable(kind: Type) -> bool:
    """Whether a type has a type variable in it."""
    if kind.__class__ is not tuple or not kind:
        return False
    if kind[0] == "var":
        return True
    parts = [part for part in kind if part.__class__ is tuple and part]
    return bool(parts) and any(map(mentions_variable, parts))


def with_arguments(kind: Type, table: dict[str, Type]) -> Type:
    """A type with these put in the places of its variables."""
    if kind.__class__ is not tuple or not kind:
        return kind
    if kind[0] == "var":
        return table.get(kind[1]) or kind[2]
    return tuple(with_arguments(part, table) for part in kind)
