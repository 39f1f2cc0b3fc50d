"""What git tracks, read from `.git/index` itself: no git command, no process.

Format: https://git-scm.com/docs/index-format (versions 2, 3 and 4). Anything that is not understood gives None: unknown, not empty.
"""

from __future__ import annotations

import os

_ENTRY = 62
"""Bytes of an entry before its path: stat data, object name (SHA-1), flags."""


def git_folder(root: str) -> str | None:
    """The git directory of a work tree, or None. `.git` may be a file that points to it (worktrees, submodules)."""
    here = os.path.abspath(root)
    while True:
        path = os.path.join(here, ".git")
        if os.path.isdir(path):
            return path
        if os.path.isfile(path):
            try:
                with open(path, encoding="utf-8", errors="surrogateescape") as handle:
                    text = handle.read().strip()
            except OSError:
                return None
            if text.startswith("gitdir:"):
                return os.path.normpath(os.path.join(here, text[7:].strip()))
            return None
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent


def tracked_files(root: str) -> frozenset[str] | None:
    """The paths below `root`, relative to it, that git tracks; None outside git or when the index is not understood."""
    folder = git_folder(root)
    if folder is None:
        return None
    try:
        with open(os.path.join(folder, "index"), "rb") as handle:
            data = handle.read()
    except FileNotFoundError:
        return frozenset()
    except OSError:
        return None
    paths = parse_index(data)
    if paths is None:
        return None
    top = os.path.abspath(root)
    while not os.path.exists(os.path.join(top, ".git")):
        top = os.path.dirname(top)
    prefix = os.path.relpath(os.path.abspath(root), top).replace(os.sep, "/")
    if prefix == ".":
        return frozenset(paths)
    return frozenset(p[len(prefix) + 1 :] for p in paths if p.startswith(prefix + "/"))


def parse_index(data: bytes) -> list[str] | None:
    """The paths of an index file in order; None for a version or extension that is not understood."""
    if data[:4] != b"DIRC" or len(data) < 12:
        return None
    version, count = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
    if version not in (2, 3, 4):
        return None
    paths: list[str] = []
    position = 12
    previous = b""
    for _ in range(count):
        start = position
        flags = int.from_bytes(data[position + 60 : position + 62], "big")
        position += _ENTRY
        if flags & 0x4000:
            if version < 3:
                return None
            position += 2
        if version == 4:
            strip, position = _varint(data, position)
            end = data.find(b"\0", position)
            if end < 0 or strip > len(previous):
                return None
            name = previous[: len(previous) - strip] + data[position:end]
            position = end + 1
        else:
            end = data.find(b"\0", position)
            if end < 0:
                return None
            name = data[position:end]
            position = start + ((end - start + 8) & ~7)
        previous = name
        paths.append(os.fsdecode(name))
    if b"link" in (data[position : position + 4],):
        return None  # a split index: part of the entries is in another file
    return paths


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = data[position] & 127
    while data[position] & 128:
        position += 1
        value = ((value + 1) << 7) | (data[position] & 127)
    return value, position + 1
