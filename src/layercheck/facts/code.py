"""The code of a body: nested tuples, or those tuples packed into bytes; and what else is seldom read of it.

DESIGN: packed, code takes a fifth of the memory that its tuples take, but unpacking costs time, and packing costs more. So code that comes
from a cache or a worker stays packed until somebody looks at it, and code that this process extracted stays as it is and is packed only
when too much lies unpacked: then what has lain longest is packed, or dropped where it was packed before. A project of some hundred files never
gets there. In a bigger one the bytes lie in a file (see `spool`), and less of it unpacked: what is wanted again soon is nearly the same.
"""

from __future__ import annotations

import marshal
from typing import Any

from layercheck.spool import Spool

_UNPACKED = 8192
"""How many bodies lie unpacked at most: who looks at a body looks at it several times."""
_BIG = 1024
"""How many in a project of more bodies. On a million lines that unpacks a quarter more often than 8,192 do, and 128 would a third."""
_AT_ONCE = 256
"""How many of them are packed at once."""
_LYING: list[Code] = []
"""Those that do, in the order in which they were unpacked."""
_HELD: list[Packed] = []
"""Those whose bytes are in memory, and will be in the spool."""
_SOME = 4096
"""How many of these are written to the spool at once: fewer than that are no burden."""
_SPOOL: list[Spool] = []
"""Where packed code lies, if not in memory."""


def use_spool() -> None:
    """From now on packed code lies in a file without a name, when there is much of it. For a process that ends when it has told what it
    found: what is not wanted any more is not taken out."""
    if not _SPOOL:
        _SPOOL.append(Spool())


def spooling() -> bool:
    """Whether there was so much that some lies in the spool."""
    return bool(_SPOOL) and _SPOOL[0].used


class Packed:
    """Something that may lie packed."""

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes | None) -> None:
        self._packed: bytes | int | None = packed
        """The bytes, or where they lie in the spool."""
        if packed is not None and _SPOOL:
            _hold(self)

    def _bytes(self) -> bytes | None:
        packed = self._packed
        return _SPOOL[0].read(packed) if isinstance(packed, int) else packed


class Notes(Packed):
    """What is read of a body once or twice in a run."""

    __slots__ = ("_kept",)

    def __init__(self, parts: tuple[Any, ...], pack: bool = False) -> None:
        self._kept = () if pack else parts
        super().__init__(marshal.dumps(parts) if pack else None)

    @property
    def parts(self) -> tuple[Any, ...]:
        """What was noted, unpacked each time where it lies packed."""
        packed = self._bytes()
        if packed is None:
            return self._kept
        found: tuple[Any, ...] = marshal.loads(packed)
        return found

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        # Places, which may come behind these two, take no part in the equality of rows.
        return isinstance(other, Notes) and self.parts[:2] == other.parts[:2]


class Code(Packed):
    """The code of one body. Equal when the tuples are exactly equal; what marshal makes of equal tuples depends on which of their parts
    are one object, so it is their bytes without sharing that count. As a key it stands for itself alone."""

    __slots__ = ("parts", "ready")
    parts: Any
    """(statements, calls, binds, contexts, global names)"""
    ready: bytes | None
    """What it is packed to, where that was made for somebody else: it is what counts once the parts are dropped. Until then it is not what
    `_packed` is, as that goes to the spool, and a project with code there is one that must keep little unpacked."""

    @classmethod
    def of(cls, parts: tuple[Any, ...]) -> Code:
        """Code that is not packed yet."""
        made = cls(None)
        made.ready = None
        made._lie(parts)
        return made

    @classmethod
    def ready_to_store(cls, parts: tuple[Any, ...]) -> Code:
        """Code that is to be looked at in this process, and to be stored: both are there."""
        made = cls(None)
        made.ready = marshal.dumps(parts)
        made._lie(parts)
        return made

    def packed(self) -> bytes:
        """What it is packed to."""
        if self._packed is None:
            return self.ready or marshal.dumps(self.parts)
        found = self._bytes()
        assert found is not None
        return found

    def _lie(self, parts: Any) -> None:
        if len(_LYING) >= (_BIG if spooling() else _UNPACKED):
            _pack_some()
        self.parts = parts
        _LYING.append(self)

    def __getattr__(self, name: str) -> Any:
        # only asked for what is not there: parts that lie packed
        packed = self._bytes() if name == "parts" else None
        if packed is None:
            raise AttributeError(name)
        parts = marshal.loads(packed)
        self._lie(parts)
        return parts

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Code):
            return NotImplemented
        if self is other or (self._packed is not None and self._packed == other._packed):
            return True
        return marshal.dumps(self.parts, 2) == marshal.dumps(other.parts, 2)


def _pack_some() -> None:
    """Pack what has lain unpacked longest."""
    count = max(_AT_ONCE, len(_LYING) - _BIG) if spooling() else _AT_ONCE
    for code in _LYING[:count]:
        if code._packed is None:
            code._packed, code.ready = code.ready or marshal.dumps(code.parts), None
            if _SPOOL:
                _hold(code)
        del code.parts
    del _LYING[:count]


def _hold(packed: Packed) -> None:
    """Note that the bytes of something are in memory; when there are many such, write them to the spool."""
    _HELD.append(packed)
    if len(_HELD) < _SOME:
        return
    spots = _SPOOL[0].add([held._packed for held in _HELD if isinstance(held._packed, bytes)])
    if spots is not None:
        for held, spot in zip(_HELD, spots, strict=True):
            held._packed = spot
    _HELD.clear()
