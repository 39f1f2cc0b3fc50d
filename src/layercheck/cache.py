"""What is remembered between runs: the rows of files by their content, and the findings of an unchanged project.

DESIGN: one file per project in the user's cache folder (or --cache-dir), a marshal of plain values behind a header that names
format, layercheck and Python versions and a fingerprint of the rule code and settings; anything that does not fit is a miss.
marshal must not read hostile data, so a cache file is only loaded when it belongs to this user and lies outside the project.
Writing goes to a temporary file that replaces the old one in one step, so a run that is interrupted, or two at once, leave a
whole file. The cache is a guest: whatever goes wrong with it is a warning at most.
"""

from __future__ import annotations

import marshal
import os
import sys
from typing import Any

from layercheck import __version__

_FORMAT = 4
_MAGIC = b"layercheck-cache\n"


def default_folder() -> str:
    """The user's cache folder for layercheck, by the platform's convention (XDG base directories, LOCALAPPDATA, Library/Caches)."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "layercheck")


def digest(data: bytes) -> bytes:
    """The hash that stands for a file's content."""
    from _blake2 import blake2b

    return bytes(blake2b(data, digest_size=16).digest())


class Cache:
    """The remembered rows and findings of one project root."""

    def __init__(self, root: str, folder: str | None, fingerprint: str) -> None:
        self.warnings: list[str] = []
        self.folder = folder or default_folder()
        name = digest(root.encode("utf-8", "surrogateescape")).hex()
        self.path = os.path.join(self.folder, f"{name}.cache")
        self.root = root
        self.header = (_FORMAT, __version__, sys.version, fingerprint)
        self.entries: dict[str, tuple[int, int, bytes, bytes]] = {}
        """path -> (mtime_ns, size, digest, marshalled extraction)"""
        self.findings: tuple[bytes, Any] | None = None
        """(digest of everything that was checked, findings by file)"""
        self._dirty = False

    def load(self) -> None:
        """Read the cache file; any doubt about it is a miss."""
        try:
            with open(self.path, "rb") as handle:
                status = os.fstat(handle.fileno())
                if hasattr(os, "getuid") and status.st_uid != os.getuid():
                    self.warnings.append(f"cache {self.path} belongs to another user; it is not used")
                    return
                if (
                    os.path.realpath(self.path).startswith(os.path.join(os.path.realpath(self.root), ""))
                    and not self._own()
                ):
                    self.warnings.append(
                        f"cache {self.path} lies inside the project and was not made here; it is not used"
                    )
                    return
                data = handle.read()
        except FileNotFoundError:
            return
        except OSError as error:
            self.warnings.append(f"cache {self.path} cannot be read ({error.strerror}); running without it")
            return
        if not data.startswith(_MAGIC):
            self.warnings.append(f"cache {self.path} is damaged; it will be made anew")
            return
        try:
            check, payload = data[len(_MAGIC) : len(_MAGIC) + 16], data[len(_MAGIC) + 16 :]
            if digest(payload) != check:
                raise ValueError("checksum")
            header, entries, findings = marshal.loads(payload)
            if header == self.header:
                self.entries, self.findings = entries, findings
        except (ValueError, EOFError, TypeError):
            self.warnings.append(f"cache {self.path} is damaged; it will be made anew")

    def _own(self) -> bool:
        """A cache inside the project is trusted only in a folder that git is told to ignore by the file we put there."""
        return os.path.exists(os.path.join(self.folder, ".gitignore"))

    def lookup(self, path: str, mtime: int, size: int) -> bytes | None:
        """The remembered extraction of a file that was not touched since."""
        entry = self.entries.get(path)
        return entry[3] if entry is not None and entry[0] == mtime and entry[1] == size else None

    def lookup_content(self, path: str, mtime: int, content: bytes) -> bytes | None:
        """The remembered extraction of a file whose time stamp is new but whose content is not (a fresh checkout)."""
        entry = self.entries.get(path)
        if entry is not None and entry[1] == len(content) and entry[2] == digest(content):
            self.entries[path] = (mtime, entry[1], entry[2], entry[3])
            self._dirty = True
            return entry[3]
        return None

    def store(self, path: str, mtime: int, content: bytes, extraction: bytes) -> None:
        """Remember what was extracted from a file."""
        self.entries[path] = (mtime, len(content), digest(content), extraction)
        self._dirty = True

    def store_findings(self, key: bytes, findings: Any) -> None:
        """Remember the findings of the whole project as it is now."""
        self.findings = (key, findings)
        self._dirty = True

    def forget(self, keep: set[str]) -> None:
        """Drop the entries of files that are gone."""
        for path in set(self.entries) - keep:
            del self.entries[path]
            self._dirty = True

    def save(self) -> None:
        """Write the cache file in one step; a folder that cannot be written is a warning."""
        if not self._dirty:
            return
        temporary = f"{self.path}.{os.getpid()}.tmp"
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            guard = os.path.join(self.folder, ".gitignore")
            if not os.path.exists(guard):
                with open(guard, "w", encoding="utf-8") as handle:
                    handle.write("*\n")
            payload = marshal.dumps((self.header, self.entries, self.findings))
            with open(temporary, "wb") as out:
                out.write(_MAGIC + digest(payload) + payload)
            os.replace(temporary, self.path)
            self._dirty = False
        except OSError as error:
            self.warnings.append(
                f"cache {self.path} cannot be written ({error.strerror}); the next run will be a cold one"
            )
            try:
                os.unlink(temporary)
            except OSError:
                pass
