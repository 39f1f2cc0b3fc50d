"""What is remembered between runs: the rows of files by their content, and the findings of an unchanged project.

DESIGN: two files a project in the user's cache folder (or --cache-dir). The *head* (.cache) has the stamp and digest of each file, the
findings of the project as it was, and where in the other file everything else lies: a marshal of plain values behind a check sum and a header that names
format, layercheck and Python versions and a fingerprint of the rule code and settings; anything that does not fit is a miss. The *blobs* (.blobs,
see `blobs`) are the rows that were extracted from each file, with the digest of the content that they belong to, so that the files need not
be of one age, and what the last whole run found out (`previous`). A run reads the head and those blobs that it needs, appends its own, and replaces the head in one
step, so a run that is interrupted, or two at once, leave a whole cache. marshal must not read hostile data, so a file is only loaded when it belongs to this user
and lies outside the project. The cache is a guest: whatever goes wrong with it is a warning at most.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterable
from typing import Any

from layercheck import __version__
from layercheck.blobs import BlobFile, Spot, check_sum

_FORMAT = 12
_KIND = b"layercheck-cache"
_MAGIC = _KIND + b" 2\n"
"""How a head begins. With another number it is that of another version, whose check sum is none of ours to judge."""
_CHECK = 4
"""The bytes of the check sum behind that."""
_BUFFER = 1 << 22
"""Bytes of blobs that are gathered before they are written."""
_SLACK = 1 << 20
"""Dead bytes that are never worth a copy of the living ones."""
_YOUNG = 3600
"""Seconds in which a run that began a file of blobs has surely ended."""


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
        self._name = digest(root.encode("utf-8", "surrogateescape")).hex()
        self.path = os.path.join(self.folder, f"{self._name}.cache")
        self.root = root
        self.header = (_FORMAT, __version__, sys.version, sys.byteorder, fingerprint)
        self.entries: dict[str, tuple[int, int, bytes]] = {}
        """path -> (mtime_ns, size, digest)"""
        self.findings: tuple[bytes, Any] | None = None
        """(digest of everything that was checked, findings by file)"""
        self.state: Any = None
        """What the last whole run left for the next (see `last_run`): plain values,"""
        self.digests: dict[str, bytes] = {}
        """the digests that its files had, by path, and"""
        self.parts: dict[str, Spot] = {}
        """blobs, by name."""
        self._rows: dict[str, tuple[bytes, Any, Spot]] = {}
        """path -> (digest, what the caller wants to know of it at once, where its extraction lies)"""
        self._blobs: BlobFile | None = None
        """Where the blobs are that the head knows of."""
        self._size = 0
        """Bytes in it."""
        self._waiting: list[tuple[str, bytes, Any, bytes]] = []
        """(path, digest, what to know of it, extraction), still to be written."""
        self._waiting_size = 0
        self._extractions: dict[str, tuple[bytes, bytes]] = {}
        """path -> (digest, extraction): those of them"""
        self._changed = self._loaded = self._began = False
        self._broken = False
        """Whether blobs cannot be written."""

    def load(self) -> None:
        """Read the head, the first time; any doubt about it is a miss."""
        if self._loaded:
            return
        self._loaded = True
        found = self._read(self.path)
        if found is None:
            return
        entries, findings, blobs, size, rows, state, digests, parts = found
        self.entries, self.findings = entries, findings
        if blobs is not None:
            blob_file = BlobFile(os.path.join(self.folder, blobs))
            try:
                foreign = hasattr(os, "getuid") and blob_file.owner() != os.getuid()
            except OSError:
                return  # deleted by hand, or by a run that made a new one: what lay there is made anew
            if foreign:
                self._warn(f"cache {blob_file.path} belongs to another user; it is not used")
                return
            self._blobs, self._size = blob_file, size
            self._rows, self.state, self.parts = rows, state, parts
            self.digests = self._known_digests() if digests is None else digests

    def _read(self, path: str) -> Any:
        """What the head holds, None when it is absent, not for this run, or not to be trusted."""
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
            if not data.startswith(_KIND):
                self._warn_of_damage()
            return None
        try:
            payload = memoryview(data)[len(_MAGIC) + _CHECK :]
            if check_sum(payload) != int.from_bytes(data[len(_MAGIC) : len(_MAGIC) + _CHECK], "big"):
                raise ValueError("checksum")
            header, *found = marshal.loads(payload)
            return found if header == self.header else None
        except (ValueError, EOFError, TypeError):
            self._warn_of_damage()
            return None

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def _warn_of_damage(self) -> None:
        self._warn(f"cache {self.path} is damaged; it will be made anew")

    def _own(self) -> bool:
        """A cache inside the project is trusted only in a folder that git is told to ignore by the file we put there."""
        return os.path.exists(os.path.join(self.folder, ".gitignore"))

    def digest_of(self, path: str, mtime: int, size: int) -> bytes | None:
        """The digest of a file that was not touched since it was remembered."""
        entry = self.entries.get(path)
        return entry[2] if entry is not None and entry[0] == mtime and entry[1] == size else None

    def _known_digests(self) -> dict[str, bytes]:
        return {path: entry[2] for path, entry in self.entries.items()}

    def note(self, path: str, mtime: int, content: bytes) -> bytes:
        """Remember the stamp and digest of a file, and return the digest."""
        found = (mtime, len(content), digest(content))
        if self.entries.get(path) != found:
            self.entries[path] = found
            self._changed = True
        return found[2]

    # ---------------------------------------------------------------------------------------------------- blobs

    def known_of(self, digests: dict[str, bytes]) -> tuple[dict[Any, list[str]], list[str]]:
        """The files with these digests by what was said of their extractions, and those of which there is none."""
        known: dict[Any, list[str]] = {}
        missing = []
        rows = self._rows
        for path, content in digests.items():
            entry = rows.get(path)
            if entry is None or entry[0] != content:
                missing.append(path)
            elif entry[1] in known:
                known[entry[1]].append(path)
            else:
                known[entry[1]] = [path]
        return known, missing

    def rows(self, path: str, content: bytes) -> bytes | None:
        """The remembered extraction of a file whose content has this digest."""
        waiting = self._extractions.get(path)
        if waiting is not None:
            return waiting[1] if waiting[0] == content else None
        entry = self._rows.get(path)
        return self.blob(entry[2]) if entry is not None and entry[0] == content else None

    def blob(self, spot: Spot) -> bytes | None:
        """What lies there, None where that cannot be told."""
        if self._blobs is None:
            return None
        try:
            found = self._blobs.read(spot)
        except OSError:
            found = None
        if found is None:
            self._warn_of_damage()
        return found

    def store(self, path: str, content: bytes, what: Any, extraction: bytes) -> None:
        """Remember what was extracted from the content with this digest, and what is to be known of it without reading it."""
        self._waiting.append((path, content, what, extraction))
        self._extractions[path] = (content, extraction)
        self._waiting_size += len(extraction)
        if self._waiting_size >= _BUFFER:
            self._write_waiting()

    def _write_waiting(self) -> None:
        waiting, self._waiting, self._waiting_size = self._waiting, [], 0
        spots = self.add([extraction for _, _, _, extraction in waiting])
        if spots is None:
            return  # they stay in memory
        for (path, content, what, _), spot in zip(waiting, spots, strict=True):
            self._rows[path] = (content, what, spot)
            self._extractions.pop(path, None)

    def add(self, blobs: list[bytes]) -> list[Spot] | None:
        """Write blobs and return where they are; None, and a warning, where that is not possible."""
        if self._broken:
            return None
        if not blobs:
            return []
        try:
            self._make_folder()
            if self._blobs is None:
                self._blobs, self._size, self._began = self._new_file(), 0, True
            spots = self._blobs.append(blobs)
        except OSError as error:
            self._warn_of_writing(self.path, error)
            self._broken = True
            return None
        self._size = spots[-1][0] + spots[-1][1]
        self._changed = True
        return spots

    def _new_file(self) -> BlobFile:
        return BlobFile(os.path.join(self.folder, f"{self._name}.{os.urandom(6).hex()}.blobs"))

    # --------------------------------------------------------------------------------------------------- storing

    def store_findings(self, key: bytes, findings: Any) -> None:
        """Remember the findings of the whole project as it is now."""
        self.findings = (key, findings)
        self._changed = True

    def store_state(
        self, state: Any, digests: dict[str, bytes], parts: Iterable[tuple[str, bytes]], keep: Iterable[str]
    ) -> None:
        """Remember what a whole run leaves for the next: plain values, the digests of its files, and blobs by name, beside those to be kept of what it was. The blobs
        are taken one by one, and written some at a time: all of them together are as much as the run has in memory."""
        kept = {name: self.parts[name] for name in keep if name in self.parts}
        waiting: dict[str, bytes] = {}
        size = 0
        for name, blob in parts:
            waiting[name] = blob
            size += len(blob)
            if size >= _BUFFER:
                if not self._store_parts(waiting, kept):
                    return
                waiting, size = {}, 0
        if not self._store_parts(waiting, kept):
            return
        self.state, self.digests, self.parts = state, digests, kept
        self._changed = True

    def _store_parts(self, parts: dict[str, bytes], stored: dict[str, Spot]) -> bool:
        """Write some blobs of a state and note where they are; where that is not possible, there is no state."""
        spots = self.add(list(parts.values()))
        if spots is None:
            self.state, self.parts = None, {}
            return False
        stored.update(zip(parts, spots, strict=True))
        return True

    def forget(self, keep: set[str]) -> None:
        """Drop the entries of files that are gone."""
        for known in (self.entries, self._rows):
            for path in known.keys() - keep:
                del known[path]
                self._changed = True

    def save(self) -> None:
        """Write what has changed; a folder that cannot be written is a warning."""
        self._write_waiting()
        if not self._changed or self._broken:
            return
        living = sum(entry[2][1] for entry in self._rows.values()) + sum(spot[1] for spot in self.parts.values())
        dead = self._blobs if self._size > _SLACK + 2 * living else None
        if dead is not None and not self._copy_living():
            return
        name = None if self._blobs is None else os.path.basename(self._blobs.path)
        digests = None if self.digests == self._known_digests() else self.digests  # mostly the same, and many
        content = (self.entries, self.findings, name, self._size, self._rows, self.state, digests, self.parts)
        if self._write(self.path, (self.header, *content)):
            self._changed = False
            if self._began:
                self._clean(name, dead)

    def _copy_living(self) -> bool:
        """Go on with a file that holds nothing but what is referred to. False, and a warning, where it cannot be written."""
        rows = {path: (entry, self.blob(entry[2])) for path, entry in self._rows.items()}
        parts = {name: self.blob(spot) for name, spot in self.parts.items()}
        if None in parts.values():
            self.state, parts = None, {}
        self._rows, self.parts = {}, {}
        self._blobs, self._size = None, 0
        for path, (entry, blob) in rows.items():
            if blob is not None:
                self.store(path, entry[0], entry[1], blob)
        self._write_waiting()
        living = [(name, blob) for name, blob in parts.items() if blob is not None]
        self.store_state(self.state, self.digests, living, ())
        return not self._broken

    def _clean(self, name: str | None, dead: BlobFile | None) -> None:
        """Delete the file of blobs that was copied, and those that earlier runs have left; one that is young may be another run's, which has
        yet to say so."""
        try:
            with os.scandir(self.folder) as listing:
                found = [e for e in listing if e.name.startswith(f"{self._name}.") and e.name.endswith(".blobs")]
            if len(found) > 1:
                newest = max(entry.stat().st_mtime for entry in found)
                for entry in found:
                    old = entry.stat().st_mtime < newest - _YOUNG or (dead is not None and entry.path == dead.path)
                    if entry.name != name and old:
                        os.unlink(entry.path)
        except OSError:
            return  # a run beside this one cleans, too

    def _make_folder(self) -> None:
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        guard = os.path.join(self.folder, ".gitignore")
        if not os.path.exists(guard):
            with open(guard, "w", encoding="utf-8") as handle:
                handle.write("*\n")

    def _warn_of_writing(self, path: str, error: OSError) -> None:
        text = f"cache {path} cannot be written ({error.strerror}); the next run will be a cold one"
        if not any("cannot be written" in warning for warning in self.warnings):
            self._warn(text)

    def _write(self, path: str, content: tuple[Any, ...]) -> bool:
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            self._make_folder()
            payload = marshal.dumps(content)
            with open(temporary, "wb") as out:
                out.write(_MAGIC + check_sum(payload).to_bytes(_CHECK, "big"))
                out.write(payload)
            os.replace(temporary, path)
            return True
        except OSError as error:
            self._warn_of_writing(path, error)
            try:
                os.unlink(temporary)
            except OSError:
                pass
            return False
