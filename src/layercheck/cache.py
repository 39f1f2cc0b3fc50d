"""What is remembered between runs: the rows of files by their content, and the findings of an unchanged project.

DESIGN: three files a project in the user's cache folder (or --cache-dir). The *head* (.cache) has the stamp and digest of each file and
the findings of the project as it was; a run to which nothing is new reads nothing else. The *rows* (.rows) are what was extracted from
each file, with the digest of the content that they belong to, so that the files need not be of one age. The *answers* (.answers) are what the
last whole run found out (`previous`), read when something has changed. All are a marshal of plain values behind a header that names format, layercheck and Python versions and a fingerprint of the rule code and settings; anything
that does not fit is a miss. marshal must not read hostile data, so a file is only loaded when it belongs to this user and
lies outside the project. Writing goes to a temporary file that replaces the old one in one step, so a run that is interrupted, or two at
once, leave whole files. The cache is a guest: whatever goes wrong with it is a warning at most.
"""

from __future__ import annotations

import marshal
import os
import sys
from typing import Any

from layercheck import __version__

_FORMAT = 8
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
        self.entries: dict[str, tuple[int, int, bytes]] = {}
        """path -> (mtime_ns, size, digest)"""
        self.findings: tuple[bytes, Any] | None = None
        """(digest of everything that was checked, findings by file)"""
        self._rows: dict[str, tuple[bytes, bytes]] | None = None
        """path -> (digest, marshalled extraction); None while not read"""
        self._rows_path = os.path.join(self.folder, f"{name}.rows")
        self._answers_path = os.path.join(self.folder, f"{name}.answers")
        self._answers: tuple[Any, ...] | None = None
        """What is to be written there."""
        self._head_changed = self._rows_changed = False
        self._loaded = False

    def load(self) -> None:
        """Read the head, the first time; any doubt about it is a miss."""
        if self._loaded:
            return
        self._loaded = True
        found = self._read(self.path)
        if found is not None:
            self.entries, self.findings = found

    def _read(self, path: str) -> Any:
        """What one of the two files holds, None when it is absent, not for this run, or not to be trusted."""
        try:
            with open(path, "rb") as handle:
                status = os.fstat(handle.fileno())
                if hasattr(os, "getuid") and status.st_uid != os.getuid():
                    self._warn(f"cache {path} belongs to another user; it is not used")
                    return None
                if os.path.realpath(path).startswith(os.path.join(os.path.realpath(self.root), "")) and not self._own():
                    self._warn(f"cache {path} lies inside the project and was not made here; it is not used")
                    return None
                data = handle.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(f"cache {path} cannot be read ({error.strerror}); running without it")
            return None
        if not data.startswith(_MAGIC):
            self._warn(f"cache {path} is damaged; it will be made anew")
            return None
        try:
            check, payload = data[len(_MAGIC) : len(_MAGIC) + 16], data[len(_MAGIC) + 16 :]
            if digest(payload) != check:
                raise ValueError("checksum")
            header, *found = marshal.loads(payload)
            return found if header == self.header else None
        except (ValueError, EOFError, TypeError):
            self._warn(f"cache {path} is damaged; it will be made anew")
            return None

    def _warn(self, text: str) -> None:
        self.warnings.append(text)

    def _own(self) -> bool:
        """A cache inside the project is trusted only in a folder that git is told to ignore by the file we put there."""
        return os.path.exists(os.path.join(self.folder, ".gitignore"))

    def digest_of(self, path: str, mtime: int, size: int) -> bytes | None:
        """The digest of a file that was not touched since it was remembered."""
        entry = self.entries.get(path)
        return entry[2] if entry is not None and entry[0] == mtime and entry[1] == size else None

    def note(self, path: str, mtime: int, content: bytes) -> bytes:
        """Remember the stamp and digest of a file, and return the digest."""
        found = (mtime, len(content), digest(content))
        if self.entries.get(path) != found:
            self.entries[path] = found
            self._head_changed = True
        return found[2]

    def rows(self, path: str, content: bytes) -> bytes | None:
        """The remembered extraction of a file whose content has this digest."""
        if self._rows is None:
            found = self._read(self._rows_path)
            self._rows = {} if found is None else found[0]
        entry = self._rows.get(path)
        return entry[1] if entry is not None and entry[0] == content else None

    def store(self, path: str, content: bytes, extraction: bytes) -> None:
        """Remember what was extracted from the content with this digest."""
        if self._rows is None:
            self._rows = {}
        self._rows[path] = (content, extraction)
        self._rows_changed = True

    def store_findings(self, key: bytes, findings: Any) -> None:
        """Remember the findings of the whole project as it is now."""
        self.findings = (key, findings)
        self._head_changed = True

    def answers(self) -> tuple[Any, ...] | None:
        """What the last whole run left for the next."""
        found = self._read(self._answers_path)
        return None if found is None else found[0]

    def store_answers(self, state: tuple[Any, ...]) -> None:
        """Remember what a whole run leaves for the next: plain values."""
        self._answers = state

    def forget(self, keep: set[str]) -> None:
        """Drop the entries of files that are gone."""
        for path in set(self.entries) - keep:
            del self.entries[path]
            self._head_changed = True
        for path in set(self._rows or ()) - keep:
            assert self._rows is not None
            del self._rows[path]
            self._rows_changed = True

    def save(self) -> None:
        """Write what has changed, each file in one step; a folder that cannot be written is a warning."""
        if self._rows_changed and self._write(self._rows_path, (self.header, self._rows)):
            self._rows_changed = False
        if self._answers is not None and self._write(self._answers_path, (self.header, self._answers)):
            self._answers = None
        if self._head_changed and self._write(self.path, (self.header, self.entries, self.findings)):
            self._head_changed = False

    def _write(self, path: str, content: tuple[Any, ...]) -> bool:
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            guard = os.path.join(self.folder, ".gitignore")
            if not os.path.exists(guard):
                with open(guard, "w", encoding="utf-8") as handle:
                    handle.write("*\n")
            payload = marshal.dumps(content)
            with open(temporary, "wb") as out:
                out.write(_MAGIC + digest(payload))
                out.write(payload)
            os.replace(temporary, path)
            return True
        except OSError as error:
            text = f"cache {path} cannot be written ({error.strerror}); the next run will be a cold one"
            if not any("cannot be written" in warning for warning in self.warnings):
                self._warn(text)
            try:
                os.unlink(temporary)
            except OSError:
                pass
            return False
