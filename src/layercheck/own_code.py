"""A mark that changes whenever layercheck's own code does: an editable install must not serve findings of yesterday's rules."""

from __future__ import annotations

import os

_mark = ""


def fingerprint() -> str:
    """The mark; looked for once in a process."""
    global _mark
    if not _mark:
        from _blake2 import blake2b

        _mark = blake2b(repr(_files(os.path.dirname(os.path.abspath(__file__)))).encode(), digest_size=16).hexdigest()
    return _mark


def _files(root: str) -> list[tuple[str, int, int]]:
    """(name, mtime in ns, size) of every module."""
    found = []
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as listing:
            for entry in sorted(listing, key=_name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    found.append((entry.name, status.st_mtime_ns, status.st_size))
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return found


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
