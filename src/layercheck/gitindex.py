"""What git tracks, read from `.git/index` itself: no git command, no process, no environment variable.

Format: https://git-scm.com/docs/index-format (versions 2, 3 and 4, SHA-1 and SHA-256). Anything that is not understood gives None:
unknown, not empty.
"""

from __future__ import annotations

import os

from layercheck.tuples import NamedTuple

_STATS = 40
"""Bytes of an entry before the object name: times, device, inode, mode, owner, size."""
_EXTENDED = 0x4000
_SPARSE_FOLDER = 0o040000
_UNDERSTOOD = (b"sdir",)
"""Mandatory extensions (lower case) that may be passed over; `link`, a split index, keeps entries in another file."""


class Repository(NamedTuple):
    """A work tree: its top folder, its git directory, and the one that worktrees of one repository share."""

    top: str
    folder: str
    common: str


def find_repository(path: str) -> Repository | None:
    """The work tree that a folder lies in, upward from it; None outside of git.

    `.git` may be a file that points to the git directory (worktrees, submodules). A `.git` without HEAD is none, as for git.
    """
    here = os.path.abspath(path)
    while True:
        found = repository_at(here)
        if found is not None:
            return found
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent


def repository_at(top: str) -> Repository | None:
    """The work tree whose top is this folder; None where it is no top."""
    folder = os.path.join(top, ".git")
    if os.path.isfile(folder):
        text = _small_file(folder)
        if not text.startswith("gitdir:"):
            return None
        folder = os.path.normpath(os.path.join(top, text[7:].strip()))
    if not os.path.isfile(os.path.join(folder, "HEAD")):
        return None
    shared = _small_file(os.path.join(folder, "commondir")).strip()
    return Repository(top, folder, os.path.normpath(os.path.join(folder, shared)) if shared else folder)


def _small_file(path: str) -> str:
    """The text of one of git's own small files, '' when there is none."""
    try:
        if not os.path.isfile(path):
            return ""
        with open(path, encoding="utf-8", errors="surrogateescape") as handle:
            return handle.read(1 << 20)
    except OSError:
        return ""


class Index:
    """What one work tree tracks. Paths are relative to its top. Parsed only when a question needs it."""

    def __init__(self, data: bytes, hash_size: int = 20) -> None:
        self._data = data
        self._hash_size = hash_size
        self._plain = data[:4] == b"DIRC" and data[4:8] in (b"\0\0\0\2", b"\0\0\0\3")
        self._parsed: tuple[frozenset[str], frozenset[str]] | None = None

    def files(self) -> frozenset[str] | None:
        """Every tracked path; None when the index is not understood."""
        paths = parse_index(self._data, self._hash_size)
        return None if paths is None else frozenset(paths)

    def tracks(self, path: str, *, folder: bool) -> bool:
        """Whether a file is tracked; whether something below a folder is, or the folder is a submodule. False where unknown."""
        name = os.fsencode(path)
        if self._plain and name + b"\0" not in self._data and not (folder and name + b"/" in self._data):
            return False  # versions 2 and 3 hold every path in full
        if self._parsed is None:
            files = self.files() or frozenset()
            folders: set[str] = set()
            for file in files:
                above = file.rpartition("/")[0]
                while above and above not in folders:
                    folders.add(above)
                    above = above.rpartition("/")[0]
            self._parsed = (files, frozenset(folders))
        return path in self._parsed[0] or (folder and path in self._parsed[1])


_EMPTY = b"DIRC" + (2).to_bytes(4, "big") + bytes(4 + 20)


def read_index(repository: Repository) -> Index | None:
    """The index of a work tree; empty before the first `git add`; None when it cannot be read."""
    path = os.path.join(repository.folder, "index")
    try:
        if not os.path.exists(path):
            return Index(_EMPTY)
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as handle:
            data = handle.read()
    except OSError:
        return None
    config = _small_file(os.path.join(repository.common, "config")).lower()
    sha256 = any("sha256" in line for line in config.split("\n") if "objectformat" in line)
    return Index(data, 32 if sha256 else 20)


def tracked_files(root: str) -> frozenset[str] | None:
    """The paths below `root`, relative to it, that git tracks; None outside git or when the index is not understood."""
    repository = find_repository(root)
    index = read_index(repository) if repository is not None else None
    files = index.files() if index is not None else None
    if repository is None or files is None:
        return None
    inner = os.path.relpath(os.path.abspath(root), repository.top).replace(os.sep, "/")
    if inner == ".":
        return files
    prefix = inner + "/"
    return frozenset(p[len(prefix) :] for p in files if p.startswith(prefix))


def parse_index(data: bytes, hash_size: int = 20) -> list[str] | None:
    """The paths of an index file in order; None for a version or extension that is not understood, and for damage.

    Folders that a sparse checkout keeps as one entry are left out: nothing of them is in the work tree.
    """
    version, count = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
    if data[:4] != b"DIRC" or version not in (2, 3, 4) or len(data) < 12 + hash_size:
        return None
    end = len(data) - hash_size
    try:
        entries = _entries(data, version, count, hash_size, end)
    except IndexError:
        return None
    if entries is None:
        return None
    paths, position = entries
    while position + 8 <= end:
        signature, size = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "big")
        if not 65 <= signature[0] <= 90 and signature not in _UNDERSTOOD:
            return None
        position += 8 + size
    return paths if position == end else None


def _entries(data: bytes, version: int, count: int, hash_size: int, end: int) -> tuple[list[str], int] | None:
    """The paths, and where the extensions begin. Raises IndexError when the data ends too early."""
    paths: list[str] = []
    position = 12
    previous = b""
    flags_at = _STATS + hash_size
    decode = os.fsdecode
    for _ in range(count):
        start = position
        mode = data[start + 26] << 8 | data[start + 27]
        position += flags_at + 2
        if data[start + flags_at] & (_EXTENDED >> 8):
            if version < 3:
                return None
            position += 2
        if version == 4:
            strip = data[position] & 127
            while data[position] & 128:
                position += 1
                strip = ((strip + 1) << 7) | (data[position] & 127)
            position += 1
            if strip > len(previous):
                return None
            stop = data.find(b"\0", position, end)
            name = previous[: len(previous) - strip] + data[position:stop]
            position = stop + 1
            previous = name
        else:
            stop = data.find(b"\0", position, end)
            name = data[position:stop]
            position = start + ((stop - start + 8) & ~7)
        if stop < 0 or position > end:
            return None
        if mode != _SPARSE_FOLDER:
            paths.append(decode(name))
    return paths, position
