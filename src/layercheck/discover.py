"""Which files belong to the project: one pass over the tree, git's ignore files honoured, virtual environments left out.

Nothing outside the root is listed: links are not followed, neither to folders nor to files. What a link inside the root points to
inside the root is listed under its real name, so every file is listed once and loops are no loops.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from layercheck.config import Settings, matches_any
from layercheck.config.patterns import has_wildcard, is_name
from layercheck.facts.project_file import keeps_text, names_variables
from layercheck.gitignore import IgnoreFile, read_ignore_file
from layercheck.gitindex import Index, Repository, find_repository, read_index, repository_at
from layercheck.tuples import NamedTuple

_LARGEST_SCRIPT = 1_000_000
"""Bytes; nobody writes a larger script or manifest by hand."""


class Discovered(NamedTuple):
    """The files, sorted by path (relative to the root, forward slashes), and what could not be read."""

    files: list[tuple[str, int, int]]
    """(path, time stamp in ns, size in bytes)"""
    problems: list[tuple[str, str]]
    """(path, what is the matter with it)"""


def is_document(path: str) -> bool:
    """Whether a file that is not Python matters to some rule: READMEs, environment files, project and CI files, scripts that set variables."""
    return keeps_text(path) or names_variables(path)


def discover(settings: Settings, explicit: Iterable[str] = ()) -> Discovered:
    """All Python and project files below the root.

    `explicit` are files and folders (relative to the root) that the user named: they are taken even where a pattern, an ignore file
    or being a virtual environment excludes them, unless force-exclude is set. Unreadable folders, and named paths that do not
    exist or lead out of the root, become problems; everything else is listed nevertheless.
    """
    walk = _Walk(settings)
    walk.root_folder()
    if not settings.force_exclude:
        for path in explicit:
            walk.named(path)
    return Discovered(sorted(walk.files.values()), walk.problems)


class _Tree(NamedTuple):
    """A git work tree, as seen from the root: `prefix` leads from its top to the root, or `strip` cuts from the root to its top."""

    repository: Repository
    prefix: str
    strip: int


class _Ignore(NamedTuple):
    """An ignore file that counts here; its paths are `(prefix + path)[strip:]`."""

    file: IgnoreFile
    prefix: str
    strip: int


class _Folder(NamedTuple):
    """A folder that is to be listed."""

    path: str
    ignores: tuple[_Ignore, ...]
    tree: _Tree | None
    tracked_only: bool = False
    """Whether the folder is ignored but git tracks something in it."""
    named: bool = False


class _Walk:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.root = settings.root
        self.files: dict[str, tuple[str, int, int]] = {}
        self.problems: list[tuple[str, str]] = []
        patterns = (*settings.exclude, *settings.extend_exclude)
        self.names = frozenset([p.rstrip("/") for p in patterns if is_name(p) and not has_wildcard(p)])
        self.globs = tuple([p for p in patterns if not is_name(p) or has_wildcard(p)])
        self.readmes = frozenset([name.lower() for name in settings.readme_names])
        self.seen: set[str] = set()
        self.indexes: dict[str, Index | None] = {}

    # ----------------------------------------------------------------------------------------------------------- the walk

    def root_folder(self) -> None:
        """Everything below the root. The ignore files between the top of its repository and the root count too."""
        tree, ignores = None, []
        if self.settings.respect_gitignore:
            repository = find_repository(self.root)
            if repository is not None:
                inner = os.path.relpath(os.path.abspath(self.root), repository.top).replace(os.sep, "/")
                tree = _Tree(repository, "" if inner == "." else f"{inner}/", 0)
                ignores = self._above(tree)
        self._run(_Folder("", tuple(ignores), tree))

    def _above(self, tree: _Tree) -> list[_Ignore]:
        """info/exclude and the ignore files above the root; none where they ignore the root itself: it was asked for."""
        out = _excludes(tree)
        folders = tree.prefix.split("/")[:-1]
        for depth, name in enumerate(folders):
            here = "/".join(folders[:depth])
            file = read_ignore_file(os.path.join(tree.repository.top, here, ".gitignore"))
            if file is not None:
                out.append(_Ignore(file, tree.prefix[len(here) + 1 if here else 0 :], 0))
            inner = "/".join(folders[: depth + 1])
            verdict = None
            for ignore in out:
                cut = len(tree.prefix) - len(ignore.prefix)
                found = ignore.file.verdict(inner[cut:], name, folder=True)
                verdict = verdict if found is None else found
            if verdict:
                return []
        return out

    def _run(self, first: _Folder) -> None:
        waiting = [first]
        while waiting:
            folder = waiting.pop()
            if folder.path not in self.seen:
                self.seen.add(folder.path)
                self._list(folder, waiting)

    def _list(self, here: _Folder, waiting: list[_Folder]) -> None:
        """Take the files of one folder, and note the folders in it."""
        folders: list[os.DirEntry[str]] = []
        files: list[os.DirEntry[str]] = []
        names: set[str] = set()
        try:
            with os.scandir(os.path.join(self.root, here.path)) as listing:
                for entry in listing:
                    names.add(entry.name)
                    (folders if _is_folder(entry) else files).append(entry)
        except OSError as error:
            self.problems.append((here.path or ".", f"cannot be listed: {error.strerror}"))
            return
        if here.path and not here.named and self._is_environment(here.path, names):
            return
        ignores, tree = self._rules_of(here, names)
        prefix = f"{here.path}/" if here.path else ""
        inside = here._replace(ignores=ignores, tree=tree)
        for entry in files:
            path = prefix + entry.name
            if entry.name.endswith(".py") or is_document(path) or entry.name.lower() in self.readmes:
                self._take(entry, path, inside)
        for entry in folders:
            name = entry.name
            if name == ".git" or name in self.names:
                continue
            path = prefix + name
            if self.globs and matches_any(path, self.globs):
                continue
            tracked_only = here.tracked_only
            if tracked_only or self._ignored(path, name, ignores, folder=True):
                if not self._tracked(path, tree, folder=True):
                    continue
                tracked_only = True
            waiting.append(_Folder(path, ignores, tree, tracked_only))

    def _rules_of(self, here: _Folder, names: set[str]) -> tuple[tuple[_Ignore, ...], _Tree | None]:
        """The ignore files and the work tree that count in a folder."""
        if not self.settings.respect_gitignore:
            return (), None
        ignores, tree = here.ignores, here.tree
        strip = len(here.path) + 1 if here.path else 0
        if here.path and ".git" in names:
            repository = repository_at(os.path.join(self.root, here.path))
            if repository is not None:  # a repository in the repository: it has rules of its own
                tree = _Tree(repository, "", strip)
                ignores = tuple(_excludes(tree))
        if ".gitignore" in names:
            file = read_ignore_file(os.path.join(self.root, here.path, ".gitignore"))
            if file is not None:
                ignores = (*ignores, _Ignore(file, "", strip))
        return ignores, tree

    def _take(self, entry: os.DirEntry[str], path: str, here: _Folder) -> None:
        """One file, if it is a file and neither excluded nor ignored."""
        name = entry.name
        if name in self.names or (self.globs and matches_any(path, self.globs)):
            return
        if (here.tracked_only or self._ignored(path, name, here.ignores, folder=False)) and not self._tracked(
            path, here.tree, folder=False
        ):
            return
        try:
            if entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                if status.st_size > _LARGEST_SCRIPT and self._is_script(path, name):
                    return  # a program or data: bin/server
                self.files[path] = (path, status.st_mtime_ns, status.st_size)
        except OSError as error:
            self.problems.append((path, error.strerror or str(error)))

    def _is_script(self, path: str, name: str) -> bool:
        """Whether a file is listed for the variables alone that it may name."""
        return not name.endswith(".py") and name.lower() not in self.readmes and not keeps_text(path)

    # -------------------------------------------------------------------------------------------------------- what counts

    @staticmethod
    def _ignored(path: str, name: str, ignores: tuple[_Ignore, ...], *, folder: bool) -> bool:
        """Whether git would ignore it, if it did not track it: the last ignore file that says something decides."""
        for file, prefix, strip in reversed(ignores):
            verdict = file.verdict((prefix + path)[strip:] if prefix or strip else path, name, folder=folder)
            if verdict is not None:
                return verdict
        return False

    def _tracked(self, path: str, tree: _Tree | None, *, folder: bool) -> bool:
        """What git tracks is not ignored, whatever a pattern says."""
        if tree is None:
            return False
        top = tree.repository.top
        if top not in self.indexes:
            self.indexes[top] = read_index(tree.repository)
        index = self.indexes[top]
        return index is not None and index.tracks((tree.prefix + path)[tree.strip :], folder=folder)

    def _is_environment(self, path: str, names: set[str]) -> bool:
        """A virtual environment (PEP 405: pyvenv.cfg), also without its mark: Lib/site-packages, lib/python3.x/site-packages."""
        if "pyvenv.cfg" in names or "conda-meta" in names:
            return True
        for name in ("Lib", "lib"):
            if name not in names:
                continue
            below = os.path.join(self.root, path, name)
            if os.path.isdir(os.path.join(below, "site-packages")):
                return True
            try:
                inside = os.listdir(below)
            except OSError:
                continue
            if any(n.startswith("python") and os.path.isdir(os.path.join(below, n, "site-packages")) for n in inside):
                return True
        return False

    # ------------------------------------------------------------------------------------------------------- what is named

    def named(self, path: str) -> None:
        """A file or folder that the user named."""
        path = os.path.normpath(path).replace(os.sep, "/")
        absolute = os.path.join(self.root, path)
        real = os.path.relpath(os.path.realpath(absolute), os.path.realpath(self.root)).replace(os.sep, "/")
        if real == ".." or real.startswith("../") or os.path.isabs(real):
            self.problems.append((path, "lies outside the project"))
            return
        if real in self.files or real == ".":
            return
        try:
            status = os.stat(absolute)
        except OSError as error:
            self.problems.append((path, error.strerror or str(error)))
            return
        if os.path.isdir(absolute):
            ignores, tree = self._rules_above(real)
            self._run(_Folder(real, ignores, tree, named=True))
        elif os.path.isfile(absolute) and (real.endswith(".py") or is_document(real)):
            self.files[real] = (real, status.st_mtime_ns, status.st_size)

    def _rules_above(self, path: str) -> tuple[tuple[_Ignore, ...], _Tree | None]:
        """The ignore files of the repository that a folder lies in, from the root down to it."""
        here = _Folder("", (), None)
        parts = path.split("/")
        for depth in range(len(parts)):
            folder = "/".join(parts[:depth])
            names = {n for n in (".git", ".gitignore") if os.path.lexists(os.path.join(self.root, folder, n))}
            ignores, tree = self._rules_of(here._replace(path=folder), names)
            here = here._replace(ignores=ignores, tree=tree)
        return here.ignores, here.tree


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder of this place: no link to one, nor a junction (Windows)."""
    try:
        if not entry.is_dir(follow_symlinks=False):
            return False
        if os.name == "nt":
            return os.path.realpath(entry.path) == os.path.join(
                os.path.realpath(os.path.dirname(entry.path)), entry.name
            )
    except OSError:
        return False
    return True


def _excludes(tree: _Tree) -> list[_Ignore]:
    file = read_ignore_file(os.path.join(tree.repository.common, "info", "exclude"))
    return [] if file is None else [_Ignore(file, tree.prefix, tree.strip)]
