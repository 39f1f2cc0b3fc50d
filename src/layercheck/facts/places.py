"""Where the parts of a row stand: quadruples of line, column, end line and end column, packed into bytes.

DESIGN: a big project has millions of places, and hardly any of them is ever shown. As tuples of numbers they would take most of the memory
and of the time to store them. So each row has one `bytes`: a head of how many lines the row has moved since it was packed and how wide its
numbers are, then the quadruples as 16-bit numbers in native order, 32-bit where one does not fit. Code that moves as a whole needs
another head and nothing else. Nowhere is `b""`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from struct import Struct, calcsize, error
from struct import pack as pack_numbers

Quad = tuple[int, int, int, int]
_SHORT, _LONG = "H", "i"
_HEAD = 8
_SHORT_QUAD, _LONG_QUAD = Struct(f"4{_SHORT}"), Struct(f"4{_LONG}")


def _head(lines: int, code: str) -> bytes:
    return lines.to_bytes(4, sys.byteorder, signed=True) + code.encode().ljust(4, b"\0")


_UNMOVED = _head(0, _SHORT)


def pack(flat: Sequence[int]) -> bytes:
    """Flat quadruples, packed."""
    if not flat:
        return b""
    try:
        return _UNMOVED + pack_numbers(f"{len(flat)}{_SHORT}", *flat)
    except error:
        return _head(0, _LONG) + pack_numbers(f"{len(flat)}{_LONG}", *flat)


def pack_rows(flat: Sequence[int], counts: Sequence[int]) -> list[bytes]:
    """The places of several rows, flat one behind the other, packed for each of them; `counts`: how many places each has."""
    size = 4 * calcsize(_SHORT)
    packed, start = [], 0
    try:
        data = pack_numbers(f"{len(flat)}{_SHORT}", *flat)
    except error:  # a file of more than 65,535 lines or columns
        for number in counts:
            packed.append(pack(flat[start : start + 4 * number]))
            start += 4 * number
        return packed
    for number in counts:
        end = start + size * number
        packed.append(_UNMOVED + data[start:end] if number else b"")
        start = end
    return packed


def count(places: bytes) -> int:
    """How many places there are."""
    return (len(places) - _HEAD) // (4 * calcsize(chr(places[4]))) if places else 0


def _numbers(places: bytes) -> memoryview[int]:
    return memoryview(places)[_HEAD:].cast("H" if places[4:5] == b"H" else "i")


def quad(places: bytes, at: int) -> Quad | None:
    """The quadruple with this ordinal, None when there is none."""
    if not places:
        return None
    layout = _SHORT_QUAD if places[4:5] == b"H" else _LONG_QUAD
    start = _HEAD + at * layout.size
    if not _HEAD <= start <= len(places) - layout.size:
        return None
    line, column, end_line, end_column = layout.unpack_from(places, start)
    lines = int.from_bytes(places[:4], sys.byteorder, signed=True)
    return line + lines, column, end_line + lines, end_column


def first_line(places: bytes) -> int:
    """The line of the first place; 0 when there is none."""
    if not places:
        return 0
    width = 2 if places[4:5] == b"H" else 4
    return int.from_bytes(places[:4], sys.byteorder, signed=True) + int.from_bytes(
        places[_HEAD : _HEAD + width], sys.byteorder
    )


def quads(places: bytes) -> list[int]:
    """All quadruples, flat."""
    if not places:
        return []
    flat = _numbers(places).tolist()
    lines = int.from_bytes(places[:4], sys.byteorder, signed=True)
    if lines:
        flat[::4] = [line + lines for line in flat[::4]]
        flat[2::4] = [line + lines for line in flat[2::4]]
    return flat


def moved(places: bytes, lines: int) -> bytes:
    """The same places, all of them `lines` further down."""
    if not places:
        return places
    before = int.from_bytes(places[:4], sys.byteorder, signed=True)
    return (before + lines).to_bytes(4, sys.byteorder, signed=True) + places[4:]
