"""A file of blobs that grows at its end, so that what one file of a project changes need not cost a copy of all the rest.

DESIGN: blobs are appended, never overwritten; whoever keeps their places (`cache`: in an index that is replaced in one step) decides which
of them count. A run that is interrupted leaves bytes that nobody refers to, and two runs at once append both, one after the other; the
index of the last one counts. A place holds a check sum, so a damaged blob is a miss. When more is dead than alive, the living are copied
to a new file under a new name, and the old one is deleted; a run that still reads it has it open.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from zlib import crc32

Spot = tuple[int, int, int]
"""(offset in bytes, length in bytes, check sum) of a blob."""


def check_sum(data: bytes | memoryview) -> int:
    """31 bits of the CRC-32: of larger numbers marshal writes and reads the digits one by one."""
    return crc32(data) & 0x7FFFFFFF


class BlobFile:
    """One file of blobs. Raises OSError where it cannot be read or written."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._reading: int | None = None
        self._writing: int | None = None

    def open(self) -> None:
        """Open it for reading, so that it stays readable when another run deletes it."""
        if self._reading is None:
            self._reading = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))

    def owner(self) -> int:
        """The user that the file belongs to, by number."""
        self.open()
        assert self._reading is not None
        return os.fstat(self._reading).st_uid

    def read(self, spot: Spot) -> bytes | None:
        """A blob, or None when it is not what was written."""
        self.open()
        assert self._reading is not None
        offset, length, check = spot
        if hasattr(os, "pread"):
            data = os.pread(self._reading, length, offset)
        else:
            os.lseek(self._reading, offset, os.SEEK_SET)
            data = os.read(self._reading, length)
        return data if len(data) == length and check_sum(data) == check else None

    def append(self, blobs: Iterable[bytes]) -> list[Spot]:
        """Write blobs behind what is there, in one piece, and return where they are."""
        found = list(blobs)
        data = b"".join(found)
        if self._writing is None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._writing = os.open(self.path, flags, 0o600)
        written = os.write(self._writing, data)
        # Appending puts the place behind what was written, wherever other runs have written meanwhile (POSIX, open()).
        start = os.lseek(self._writing, 0, os.SEEK_CUR) - written
        if written != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        spots = []
        for blob in found:
            spots.append((start, len(blob), check_sum(blob)))
            start += len(blob)
        return spots

    def __del__(self) -> None:
        for handle in (self._reading, self._writing):
            if handle is not None:
                os.close(handle)
