"""A mark that changes whenever layercheck's own code does: an editable install must not serve findings of yesterday's rules."""

from __future__ import annotations

import os

from layercheck import __version__

_mark = ""


def fingerprint() -> str:
    """The mark; looked for once in a process. An installed copy changes as a whole, with its version or the time at which it was installed;
    what else there may be are sources that somebody works on."""
    global _mark
    if not _mark:
        home = os.path.dirname(os.path.abspath(__file__))
        if "site-packages" in home or "dist-packages" in home:
            _mark = f"{__version__} {home} {os.stat(__file__).st_mtime_ns}"
        else:
            from _blake2 import blake2b

            found = blake2b(repr(_files(home)).encode(), digest_size=16).hexdigest()
            _mark = f"{__version__} {home} {found}"
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
