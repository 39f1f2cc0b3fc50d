"""Bytes that lie in a file of the process until somebody wants them: a file without a name, which ends with the process.

DESIGN: what a big project has packed is looked at now and then, and only parts of it. In memory it would be a third of what rows take; in a
file it is read in a few microseconds, mostly from the system's own memory, which gives it up when it is needed. The file has no
name from the start where the system can do that, else from a moment later, so nobody else opens it and nothing is left behind. It
lies in a folder for temporary files, never in one of the project. Where there is no such folder, or no room in it, everything stays in memory.
"""

from __future__ import annotations

import os

_FOLDERS = ("/var/tmp", "/tmp")
_LENGTH = 32
"""How many bits of a spot are the length of what lies there; those above are where it begins."""


class Spool:
    """A file that grows at its end, written by one process and read by that one and those forked from it."""

    def __init__(self) -> None:
        self._handle = -1
        self._owner = os.getpid()
        self._size = 0
        self._closed = not hasattr(os, "pread")
        """Whether nothing is taken any more."""

    @property
    def used(self) -> bool:
        """Whether anything lies in it."""
        return self._size > 0

    def add(self, blobs: list[bytes]) -> list[int] | None:
        """Where these lie now; None where they have to stay in memory."""
        if self._closed or os.getpid() != self._owner:
            return None
        try:
            if self._handle < 0:
                self._handle = _nameless()
            data = memoryview(b"".join(blobs))
            at = self._size
            while data:
                written = os.pwrite(self._handle, data, at)
                data, at = data[written:], at + written
        except OSError:
            self._closed = True
            return None
        spots, start = [], self._size
        for blob in blobs:
            spots.append(start << _LENGTH | len(blob))
            start += len(blob)
        self._size = start
        return spots

    def read(self, spot: int) -> bytes:
        """What lies there."""
        length = spot & (1 << _LENGTH) - 1
        found = os.pread(self._handle, length, spot >> _LENGTH)
        if len(found) != length:
            raise OSError("what was written to a file for temporary data is gone")
        return found


def _nameless() -> int:
    """A new file that has no name, opened for reading and writing."""
    asked = os.environ.get("TMPDIR")
    for folder in (asked, *_FOLDERS) if asked else _FOLDERS:
        try:
            return os.open(folder, os.O_RDWR | os.O_EXCL | os.O_TMPFILE, 0o600)
        except (AttributeError, OSError):
            pass  # not every system and not every file system has these
        path = os.path.join(folder, f"layercheck.{os.getpid()}.{os.urandom(8).hex()}")
        try:
            handle = os.open(path, os.O_RDWR | os.O_EXCL | os.O_CREAT, 0o600)
        except OSError:
            continue
        os.unlink(path)
        return handle
    raise OSError("no folder for temporary files")
