"""The warm path: when nothing that a run looked at has changed, say again what it said.

DESIGN: a run of the command line notes what it depends on: every file that was opened and every folder that was listed (an audit
hook, PEP 578, sees them all, so no list of them can be forgotten), every file that discovery found, and the configuration files that
are *not* there, up to the top of the disk. Afterwards its output lies in the cache folder beside those notes, under a name made of
the arguments, the working folder, the surroundings and layercheck's own code. The next run compares the notes with the disk, one
`stat` each, before it imports anything of the engine. Any difference, any doubt, and the ordinary run follows: the notes are a
shortcut to the same output, never another way to it. Times are taken before a file is read, so an edit during a run is a difference.

A fresh checkout gives every file a new time stamp, and CI restores the cache beside it. So a note also holds a digest of what was
there: the content of a file, the names in a folder, the tracked names of git's index (the rest of which differs in each checkout).
Where only the stamp is new the digest decides, and the notes are written again with the new stamps.

Where Python files that discovery found are all that has changed, discovery would find the same files again: an ordinary run follows that
takes the list of files, and the digests of those that have not changed, from the notes (`Recorder.listing`), and adds to these.
"""

from __future__ import annotations

import marshal
import os
import sys

from layercheck.own_code import fingerprint

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing takes as long as the whole warm path
    from collections.abc import Iterable
    from typing import Any

_FORMAT = 3
_SURROUNDINGS = (
    "NO_COLOR",
    "FORCE_COLOR",
    "TERM",
    "COLUMNS",
    "XDG_CACHE_HOME",
    "LOCALAPPDATA",
    "HOME",
    "PYTHONUTF8",
    "PYTHONIOENCODING",
)
_PROBED = (
    "layercheck.toml", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", ".git", ".git/HEAD", ".git/info/exclude", ".gitignore",
)  # fmt: skip
"""What a run looks for in the folders above a project: a new one of these changes what the project is."""
_REFUSED = ("--no-cache", "--output-file", "--stdin-filename", "-", "--verbose", "-v", "--help", "-h", "--version")
_COMMANDS = frozenset({"explain", "rules", "layers", "routes", "tables", "graph", "deps", "why", "cache"})
Note = tuple[str, int, int, int, bytes]
"""(path, mtime in ns, size in bytes, ctime in ns, digest); -1 thrice for what is not there, ctime 0 and digest b"" where not taken.
A folder has the size -2."""
Listing = tuple[str, tuple[str, ...]]
"""(the root of a project, the files that discovery found in it)"""
Run = tuple[int, int, str, tuple[Note, ...], tuple[Listing, ...]]
"""(format, exit code, output, notes, listings)"""


def _note(path: str) -> Note:
    try:
        status = os.stat(path)
    except OSError:
        return (path, -1, -1, -1, b"")
    folder = (status.st_mode & 0o170000) == 0o040000
    return (path, status.st_mtime_ns, -2 if folder else status.st_size, status.st_ctime_ns, b"")


def _same_stamp(one: Note, other: Note) -> bool:
    return one[1] == other[1] and one[2] == other[2] and (0 in (one[3], other[3]) or one[3] == other[3])


def _compared(notes: tuple[Note, ...], listings: tuple[Listing, ...]) -> tuple[tuple[Note, ...], list[str]] | None:
    """The notes as of now, the same ones where no stamp is new, and the paths of what has changed. None where something else has than Python
    files that were listed and still are files."""
    doubtful: list[int] = []
    for number, (path, mtime, size, ctime, _) in enumerate(notes):
        try:
            status = os.stat(path)
        except OSError:
            if mtime != -1:
                doubtful.append(number)
            continue
        if (
            status.st_mtime_ns != mtime
            or (ctime and status.st_ctime_ns != ctime)
            or (status.st_size != size and (size != -2 or (status.st_mode & 0o170000) != 0o040000))
        ):
            doubtful.append(number)
    if not doubtful:
        return notes, []
    renewed, changed = list(notes), []
    known = None
    for number in doubtful:
        held, renewed[number] = _again(notes[number])
        if not held:
            if known is None:
                known = frozenset([prefix + p for prefix, paths in _prefixed(listings) for p in paths])
            path, _, size, _, _ = renewed[number]
            if path not in known or not path.endswith(".py") or size < 0:
                return None
            changed.append(path)
    return tuple(renewed), changed


def _prefixed(listings: Iterable[Listing]) -> list[Listing]:
    """The listings with what the absolute paths begin with instead of the roots."""
    return [(os.path.join(root, ""), paths) for root, paths in listings]


def _again(note: Note) -> tuple[bool, Note]:
    """Whether what was noted is still there, and the note as of now."""
    path, _, size, _, digest = note
    now = _note(path)
    if _same_stamp(note, now):
        return True, note
    index = _is_git_index(path) and now[2] >= 0
    if digest and (now[2] == size or index) and _digest(path, now) == digest:
        return True, (*now[:4], digest)
    return False, now


def _is_git_index(path: str) -> bool:
    return os.path.basename(path) == "index" and os.path.exists(os.path.join(os.path.dirname(path), "HEAD"))


def _digest(path: str, note: Note) -> bytes:
    """What a file or folder holds; b"" where that cannot be read."""
    from _blake2 import blake2b

    folder, name = os.path.split(path)
    if (name == ".git" and note[2] == -2) or (name == "HEAD" and os.path.basename(folder) == ".git"):
        return b"is there"  # a run asks only whether it is
    try:
        if note[2] == -2:
            with os.scandir(path) as listing:
                found = repr(sorted((entry.name, entry.is_dir(), entry.is_symlink()) for entry in listing)).encode(
                    "utf-8", "surrogateescape"
                )
        else:
            with open(path, "rb") as handle:
                found = handle.read()
            if _is_git_index(path):
                from layercheck.gitindex import parse_index

                names = parse_index(found) or parse_index(found, 32)
                found = found if names is None else "\0".join(names).encode("utf-8", "surrogateescape")
    except (OSError, ValueError):
        return b""
    return bytes(blake2b(found, digest_size=16).digest())


class Recorder:
    """What one run looks at, and what it prints. `give_up` when its output is not for another time."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.good = True
        self._notes: dict[str, Note] = {}
        self._listening = True
        # Python's own library and layercheck, which have a mark of their own, and the cache, which we write.
        own = (os.path.dirname(os.path.abspath(__file__)), os.path.dirname(os.__file__), os.path.dirname(file))
        self._foreign = tuple(os.path.join(folder, "") for folder in own)
        self._text: list[str] = []
        self._listings: list[Listing] = []
        self._earlier: dict[str, tuple[str, ...]] = {}
        """The listings of the run before, where they still are what discovery would find."""
        self._changed: frozenset[str] = frozenset()

    def resume(self, notes: Iterable[Note], changed: Iterable[str], listings: Iterable[Listing]) -> None:
        """Go on from the notes of the run before, in which nothing has changed but the content of these listed files."""
        self._notes = {note[0]: note for note in notes}
        self._changed = frozenset(changed)
        self._earlier = dict(listings)

    def listing(self, root: str) -> tuple[list[tuple[str, int, int]], dict[str, bytes]] | None:
        """What discovery would find below a root (path below it, mtime in ns, size; sorted), and the digests of those files whose content is
        known; None where that has to be looked for."""
        paths = self._earlier.get(root)
        if paths is None:
            return None
        prefix = os.path.join(root, "")
        found, digests = [], {}
        for path in paths:
            _, mtime, size, _, digest = self._notes[prefix + path]
            found.append((path, mtime, size))
            if digest:
                digests[path] = digest
        return found, digests

    def start(self, places: Iterable[str]) -> None:
        """Begin to listen; `places` are the files and folders that the run is about."""
        waiting = [os.path.abspath(place) for place in places]
        seen: set[str] = set()
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                for name in _PROBED:
                    self._keep(os.path.join(here, name))
                waiting.append(os.path.dirname(here))
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._listening and event in ("open", "os.scandir", "os.listdir"):
            path = arguments[0]
            written = event == "open" and isinstance(arguments[1], str) and ("w" in arguments[1] or "+" in arguments[1])
            if isinstance(path, str) and not written:
                self._keep(os.path.abspath(path))

    def _keep(self, path: str) -> None:
        if path not in self._notes and not (path + os.sep).startswith(self._foreign):
            self._notes[path] = _note(path)

    def found(self, root: str, files: Iterable[tuple[str, int, int]], digests: dict[str, bytes]) -> None:
        """The files that discovery listed (path below the root, mtime in ns, size): they may come from the cache, unopened.

        `digests` are those of their contents as the run saw them.
        """
        listed = []
        prefix = os.path.join(root, "")
        resumed = root in self._earlier
        for path, mtime, size in files:
            absolute = prefix + path
            listed.append(path)
            if resumed and absolute not in self._changed:
                continue
            digest = digests.get(path, b"")
            noted = self._notes.get(absolute)
            if noted is None:
                self._notes[absolute] = (absolute, mtime, size, 0, digest)
            elif noted[1] == mtime and noted[2] == size:
                self._notes[absolute] = (*noted[:4], digest)
        self._listings.append((root, tuple(listed)))

    def give_up(self) -> None:
        """This run's output must not be repeated: it wrote a file, warned of something, or asked for another cache."""
        self.good = False

    def write(self, text: str) -> None:
        """Note what goes to standard output."""
        self._text.append(text)

    def save(self, code: int) -> None:
        """Keep the output for next time; whatever goes wrong, there is none."""
        self._listening = False
        if not self.good or code not in (0, 1) or not os.path.isdir(os.path.dirname(self.file)):
            return
        notes = tuple([note if note[4] else _with_digest(note) for note in self._notes.values()])
        _write(self.file, (_FORMAT, code, "".join(self._text), notes, tuple(self._listings)))


def _with_digest(note: Note) -> Note:
    """The note with a digest, where what it is about still is as noted."""
    if note[4] or note[1] == -1 or not _same_stamp(note, _note(note[0])):
        return note
    digest = _digest(note[0], note)
    return (*note[:4], digest) if _same_stamp(note, _note(note[0])) else note


def _write(file: str, run: Run) -> None:
    part = f"{file}.{os.getpid()}"
    try:
        data = marshal.dumps(run)
        with open(part, "wb") as handle:
            handle.write(data)
        os.replace(part, file)
    except (OSError, ValueError):
        try:
            os.unlink(part)
        except OSError:
            pass


current: Recorder | None = None
"""The recorder of this run, when there is one."""


def _folder(arguments: list[str]) -> str | None:
    """The cache folder of these arguments, when it lies outside the working folder."""
    folder = None
    for i, argument in enumerate(arguments):
        if argument == "--cache-dir" and i + 1 < len(arguments):
            folder = arguments[i + 1]
        elif argument.startswith("--cache-dir="):
            folder = argument.partition("=")[2]
    if folder is None:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        if sys.platform in ("win32", "darwin"):
            from layercheck.cache import default_folder

            folder = default_folder()
        else:
            folder = os.path.join(base, "layercheck")
    real = os.path.realpath(folder)
    return None if real.startswith(os.path.join(os.path.realpath(os.getcwd()), "")) else real


def attempt(arguments: list[str]) -> int | None:
    """Repeat the output of the same run, if nothing has changed: its exit code, or None (an ordinary run is to follow).

    `arguments` are those of the command line. Afterwards `current` is the recorder of the ordinary run, where it may be repeated.
    """
    global current
    if any(a in _REFUSED or a.startswith(("--output-file=", "--stdin-filename=")) for a in arguments):
        return None
    if any(a in _COMMANDS for a in arguments[:1]):
        return None
    folder = _folder(arguments)
    if folder is None:
        return None
    from _blake2 import blake2b

    surroundings = [os.environ.get(name) for name in _SURROUNDINGS]
    what = repr(
        (arguments, os.getcwd(), sys.version, sys.stdout.isatty(), sys.stdout.encoding, surroundings, fingerprint())
    )
    name = blake2b(what.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    file = os.path.join(folder, f"{name}.run")
    stored = _load(file)
    compared = None
    if stored is not None:
        _, code, text, notes, listings = stored
        compared = _compared(notes, listings)
        if compared is not None and not compared[1]:
            if compared[0] is not notes:
                _write(file, (*stored[:3], compared[0], listings))
            sys.stdout.write(text)
            sys.stdout.flush()
            return code
    current = Recorder(file)
    if stored is not None and compared is not None:
        current.resume(*compared, listings)
    current.start([os.getcwd(), *(a for a in arguments if os.path.exists(a))])
    return None


def _load(file: str) -> Run | None:
    try:
        with open(file, "rb") as handle:
            if hasattr(os, "getuid") and os.fstat(handle.fileno()).st_uid != os.getuid():
                return None
            stored: Run = marshal.loads(handle.read())  # from a file it is read piece by piece: ten times slower
        version, code, text, _, _ = stored
        return stored if version == _FORMAT and isinstance(text, str) and code in (0, 1) else None
    except (OSError, ValueError, EOFError, TypeError):
        return None
