"""Pickles of layercheck's own kinds of tuples: for the few values that are stored and that marshal does not know.

A module of its own, as importing pickle takes longer than reading the cache: a run after a change seldom meets one.
"""

from __future__ import annotations

import importlib
import io
import pickle
from typing import Any

_BUILTINS = frozenset({"Ellipsis", "complex", "frozenset", "set"})


class _Unpickler(pickle.Unpickler):
    """Reads layercheck's own kinds of tuples, texts and tables, and plain values: a cache must not be a way to run code."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in _BUILTINS:
            return super().find_class(module, name)
        if module.startswith("layercheck.") and "." not in name:
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and issubclass(found, (tuple, bytes, dict)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a cache")


def pickled(value: Any) -> bytes:
    """A value as a pickle. Raises ValueError, AttributeError, TypeError or RecursionError where it cannot be one."""
    try:
        return pickle.dumps(value, 5)
    except pickle.PicklingError as error:
        raise ValueError(str(error)) from error


def unpickled(data: bytes) -> Any:
    """The value of a pickle. Raises ValueError, EOFError or TypeError when it is none of ours."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError as error:
        raise ValueError(str(error)) from error
