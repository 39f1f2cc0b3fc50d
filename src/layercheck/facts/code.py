"""The code of a body: nested tuples, or those tuples packed into bytes.

DESIGN: packed, code takes a fifth of the memory that its tuples take, but unpacking costs time, and packing costs more. So code that comes
from a cache or a worker stays packed until somebody looks at it, and code that this process extracted stays as it is and is packed only
when too much lies unpacked: then what has lain longest is packed, or dropped where it was packed before. A project of some hundred files never
gets there.
"""

from __future__ import annotations

import marshal
from typing import Any

_UNPACKED = 8192
"""How many bodies lie unpacked at most: who looks at a body looks at it several times."""
_AT_ONCE = 1024
"""How many of them are packed at once."""
_LYING: list[Code] = []
"""Those that do, in the order in which they were unpacked."""


class Code:
    """The code of one body. Equal when the tuples are exactly equal; what marshal makes of equal tuples depends on which of their parts
    are one object, so it is their bytes without sharing that count. As a key it stands for itself alone."""

    __slots__ = ("_packed", "parts")
    parts: Any
    """(statements, calls, binds, contexts, global names)"""

    def __init__(self, packed: bytes | None) -> None:
        self._packed = packed

    @classmethod
    def of(cls, parts: tuple[Any, ...]) -> Code:
        """Code that is not packed yet."""
        made = cls(None)
        made._lie(parts)
        return made

    def _lie(self, parts: Any) -> None:
        if len(_LYING) >= _UNPACKED:
            for other in _LYING[:_AT_ONCE]:
                if other._packed is None:
                    other._packed = marshal.dumps(other.parts)
                del other.parts
            del _LYING[:_AT_ONCE]
        self.parts = parts
        _LYING.append(self)

    def __getattr__(self, name: str) -> Any:
        # only asked for what is not there: parts that lie packed
        if name != "parts" or self._packed is None:
            raise AttributeError(name)
        parts = marshal.loads(self._packed)
        self._lie(parts)
        return parts

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Code):
            return NotImplemented
        if self is other or (self._packed is not None and self._packed == other._packed):
            return True
        return marshal.dumps(self.parts, 2) == marshal.dumps(other.parts, 2)
