"""The harmless functions on strings and sequences that the evaluator knows. Pure; answers NotImplemented for everything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_LIMIT = 10_000
"""No string or sequence that names a table or a column is longer."""

_STRING_METHODS: dict[str, int] = {
    "lower": 0, "upper": 0, "strip": 1, "lstrip": 1, "rstrip": 1, "replace": 2, "title": 0, "capitalize": 0, "casefold": 0,
    "removeprefix": 1, "removesuffix": 1, "startswith": 1, "endswith": 1, "split": 2, "rsplit": 2, "partition": 1, "rpartition": 1,
    "splitlines": 0, "swapcase": 0, "isupper": 0, "islower": 0,
}  # fmt: skip
"""Name of the method -> how many arguments at most."""


def call_method(owner: Any, name: str, args: tuple[Any, ...]) -> Any:
    """`owner.name(*args)` for a string or a sequence."""
    if isinstance(owner, str):
        return _string_method(owner, name, args)
    if name in ("items", "keys", "values") or not isinstance(owner, tuple):
        return NotImplemented
    if name == "copy" and not args:
        return owner
    if name == "index" and len(args) == 1 and args[0] in owner:
        return owner.index(args[0])
    return NotImplemented


def _string_method(owner: str, name: str, args: tuple[Any, ...]) -> Any:
    if len(owner) > _LIMIT:
        return NotImplemented
    if name == "join" and len(args) == 1 and isinstance(args[0], tuple) and all(isinstance(a, str) for a in args[0]):
        return owner.join(args[0])
    if name == "format" and all(isinstance(a, str | int) for a in args) and re.fullmatch(r"(?:[^{}]|\{\d?\})*", owner):
        try:
            return owner.format(*args)
        except IndexError:
            return NotImplemented
    if len(args) > _STRING_METHODS.get(name, -1) or not all(isinstance(a, str) for a in args):
        return NotImplemented
    if name in ("replace",) and len(args) != 2:
        return NotImplemented
    try:
        result = getattr(owner, name)(*args)
    except (TypeError, ValueError):
        return NotImplemented
    return tuple(result) if isinstance(result, list) else result


def call_builtin(symbol: str, args: tuple[Any, ...]) -> Any:
    """One of a few built-in functions, or re.sub / re.split with a pattern that cannot take long."""
    if symbol in ("re.sub", "re.split"):
        return _regular_expression(symbol, args)
    name = symbol.removeprefix("builtins.")
    if name == "range" and args and all(isinstance(a, int) for a in args) and len(args) <= 3:
        numbers = range(*args) if len(args) < 3 or args[2] != 0 else range(0)
        return tuple(numbers) if len(numbers) <= _LIMIT else NotImplemented
    if name in ("list", "tuple", "set", "frozenset", "sorted", "reversed", "dict") and not args:
        return ()
    function = _SEQUENCES.get(name)
    if function is not None and args and all(isinstance(a, tuple) for a in args):
        try:
            return function(*args)
        except TypeError:
            return NotImplemented
    if name == "len" and len(args) == 1 and isinstance(args[0], str | tuple):
        return len(args[0])
    if name in ("str", "int", "bool") and len(args) == 1 and isinstance(args[0], str | int):
        try:
            return {"str": str, "int": int, "bool": bool}[name](args[0])
        except ValueError:
            return NotImplemented
    return NotImplemented


_SEQUENCES: dict[str, Callable[..., Any]] = {
    "list": tuple,
    "tuple": tuple,
    "set": lambda items: tuple(dict.fromkeys(items)),
    "frozenset": lambda items: tuple(dict.fromkeys(items)),
    "sorted": lambda items: tuple(sorted(items)),
    "reversed": lambda items: tuple(reversed(items)),
    "enumerate": lambda items: tuple(enumerate(items)),
    "zip": lambda *items: tuple(zip(*items, strict=False)),
}


def _regular_expression(symbol: str, args: tuple[Any, ...]) -> Any:
    """Names are turned to snake case with these. Patterns in which a group repeats could take for ever: they are left alone."""
    if not all(isinstance(a, str) for a in args) or len(args) != (3 if symbol == "re.sub" else 2):
        return NotImplemented
    pattern, text = args[0], args[-1]
    if (
        len(pattern) > 60
        or len(text) > 100
        or len(re.findall(r"[*+{?]", pattern)) > 6
        or re.search(r"\)[*+{]", pattern)
    ):
        return NotImplemented
    try:
        if symbol == "re.split":
            return tuple(re.split(pattern, text))
        return re.sub(pattern, args[1], text)
    except (re.error, IndexError):
        return NotImplemented
