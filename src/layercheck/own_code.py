"""A mark that changes whenever layercheck's own code does: an editable install must not serve findings of yesterday's rules.

DESIGN: an installed copy is what its RECORD says (Binary distribution format, packaging.python.org), which has a digest of every file. That
holds wherever and whenever it is installed, so a cache that CI restores serves the copy that CI has installed anew. Sources that somebody
works on have no such file beside them: there the stamps of all modules are the mark.
"""

from __future__ import annotations

import os

from layercheck import __version__

_mark = ""


def fingerprint() -> str:
    """The mark; looked for once in a process."""
    global _mark
    if not _mark:
        _mark = mark_of(os.path.dirname(os.path.abspath(__file__)), __version__)
    return _mark


def mark_of(home: str, version: str) -> str:
    """The mark of the package that lies in a folder."""
    from _blake2 import blake2b

    try:
        with open(os.path.join(os.path.dirname(home), f"layercheck-{version}.dist-info", "RECORD"), "rb") as handle:
            lines = handle.read().splitlines()
        # What depends on the installation is left out: its own files, and scripts, which name its interpreter.
        code = [s for s in lines if b"__pycache__/" not in s and b".dist-info/" not in s and b"../" not in s]
        found = b"\n".join(sorted(code))
    except OSError:
        found = repr((home, _files(home))).encode("utf-8", "surrogateescape")
    return f"{version} {blake2b(found, digest_size=16).hexdigest()}"


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
