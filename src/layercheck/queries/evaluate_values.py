"""The values that following the source gives: plain Python values, code left as it is, references into the project."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from layercheck.ir import Expr
from layercheck.tuples import NamedTuple


class Unknown:
    """The value of what cannot be followed."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Value: TypeAlias = Any
"""A value as described above; hashable."""

STEPS: Final = 20_000
DEPTH: Final = 12


class Ref(NamedTuple):
    """A class, function or module of the project, by key."""

    key: str


class Code(NamedTuple):
    """An expression left as it is: the key of the body or class it stands in, and the values of the local names it uses."""

    key: str
    expr: Expr
    names: tuple[tuple[str, Value], ...] = ()


class Object(NamedTuple):
    """An object that a reader of the code knows more of than its expression says; methods are called `symbol.name`."""

    symbol: str
    info: Value


class Mapping(NamedTuple):
    """A dict."""

    items: tuple[tuple[Value, Value], ...]

    def get(self, key: Value, default: Value = None) -> Value:
        """The value of a key."""
        return next((v for k, v in reversed(self.items) if k == key), default)


class GiveUp(Exception):
    """A function that the interpreter cannot follow."""


class Returned(Exception):
    """A `return` on the way."""

    def __init__(self, value: Value) -> None:
        self.value = value


class Scope:
    """A body that is being followed: its key, and the values of its local names."""

    __slots__ = ("depth", "key", "names")

    def __init__(self, key: str, names: dict[str, Value] | None = None, depth: int = 0) -> None:
        self.key = key
        self.names: dict[str, Value] = names if names is not None else {}
        self.depth = depth


def scope_of(code: Code, depth: int = 0) -> Scope:
    """The scope in which a piece of code has its meaning."""
    return Scope(code.key, dict(code.names), depth)


class Member(NamedTuple):
    """A member of an enumeration of the project."""

    cls: str
    name: str
    value: Value


def is_sequence(value: Value) -> bool:
    """Whether a value is a list, tuple or set."""
    return value.__class__ is tuple


def is_number(value: Value) -> bool:
    """Whether a value is a number."""
    return isinstance(value, int | float)


def is_plain(value: Value) -> bool:
    """Whether a value holds nothing but text, numbers, None and tuples of these."""
    if value.__class__ is tuple:
        return all(is_plain(v) for v in value)
    return value is None or isinstance(value, str | int | float | bytes)


def text_in(value: Value) -> str | None:
    """How a value reads inside an f-string."""
    if isinstance(value, Member):
        return None
    return str(value) if isinstance(value, str | int | float) or value is None else None
