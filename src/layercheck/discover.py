"""Which files belong to the project: one pass over the tree, gitignore honoured, virtual environments left out."""

from __future__ import annotations

import fnmatch
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from layercheck.config import Settings, matches_any

if TYPE_CHECKING:
    from collections.abc import Iterable

_DOCUMENTS = frozenset({
    "pyproject.toml", "setup.cfg", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "pylock.toml", ".gitignore",
    ".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile", "Makefile", "tox.ini", "alembic.ini", "pytest.ini", "justfile", "Taskfile.yml",
    "requirements.in", "setup.py", "bitbucket-pipelines.yml", ".travis.yml", "dependabot.yml", "renovate.json", ".coveragerc",
})  # fmt: skip
_MAX_LINKS = 40


class Discovered(NamedTuple):
    """The files, sorted by path (relative to the root, forward slashes), and what could not be read."""

    files: list[tuple[str, int, int]]
    """(path, time stamp in ns, size in bytes)"""
    problems: list[tuple[str, str]]


def is_document(path: str) -> bool:
    """Whether a file that is not Python matters to some rule: READMEs, environment files, project and CI files."""
    folder, _, name = path.rpartition("/")
    lowered = name.lower()
    if lowered.startswith("readme") and (lowered == "readme" or lowered.endswith((".md", ".rst", ".txt"))):
        return True
    if name in _DOCUMENTS or name == ".env" or name.startswith(".env."):
        return True
    if lowered.startswith(("requirements", "docker-compose", "compose.", "dockerfile")) and not lowered.endswith(".py"):
        return True
    if name.endswith((".yml", ".yaml")) and folder.endswith((".github/workflows", ".circleci", ".github")):
        return True
    return name.endswith((".example", ".sample", ".template", ".dist")) and "env" in lowered


def discover(settings: Settings, explicit: Iterable[str] = ()) -> Discovered:
    """All Python and project files below the root.

    `explicit` are paths relative to the root that were named by the user: they are taken even where a pattern excludes them,
    unless force-exclude is set. Links that leave the root, and folders already seen under another name, are not followed.
    """
    walk = _Walk(settings)
    walk.folder("", ())
    if not settings.force_exclude:
        for path in explicit:
            walk.add_explicit(path)
    return Discovered(sorted(walk.files.values()), walk.problems)


class _Walk:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.root = settings.root
        self.real_root = os.path.realpath(settings.root)
        self.files: dict[str, tuple[str, int, int]] = {}
        self.problems: list[tuple[str, str]] = []
        self.exact = frozenset(e for e in settings.exclude if not any(c in e for c in "*?["))
        self.globs = tuple(e for e in settings.exclude if any(c in e for c in "*?[") and "/" not in e)
        self.extra = settings.extend_exclude + tuple(e for e in settings.exclude if "/" in e)
        self.seen: set[tuple[int, int]] = set()
        self.tracked: frozenset[str] | bool | None = False

    def folder(self, relative: str, ignores: tuple[tuple[str, Any], ...]) -> None:
        """Take the files of one folder and go into those below it."""
        absolute = os.path.join(self.root, relative) if relative else self.root
        try:
            with os.scandir(absolute) as listing:
                entries = sorted(listing, key=lambda e: e.name)
        except OSError as error:
            self.problems.append((relative or ".", f"cannot be listed: {error.strerror}"))
            return
        names = {e.name for e in entries}
        if relative and ("pyvenv.cfg" in names or self._holds_environment(absolute, names)):
            return
        if self.settings.respect_gitignore and ".gitignore" in names:
            spec = _ignore_file(os.path.join(absolute, ".gitignore"))
            if spec is not None:
                ignores = (*ignores, (relative, spec))
        if not relative and self.settings.respect_gitignore:
            spec = _ignore_file(os.path.join(absolute, ".git", "info", "exclude"))
            if spec is not None:
                ignores = (*ignores, ("", spec))
        for entry in entries:
            path = f"{relative}/{entry.name}" if relative else entry.name
            try:
                if entry.is_dir():
                    if self._wanted_folder(entry, path, ignores):
                        self.folder(path, ignores)
                elif entry.name.endswith(".py") or is_document(path):
                    self._file(entry, path, ignores)
            except OSError as error:
                self.problems.append((path, error.strerror or str(error)))

    def _wanted_folder(self, entry: os.DirEntry[str], path: str, ignores: tuple[tuple[str, Any], ...]) -> bool:
        name = entry.name
        if name in self.exact or any(fnmatch.fnmatchcase(name, g) for g in self.globs):
            return False
        if self.extra and matches_any(path, self.extra):
            return False
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if not real.startswith(os.path.join(self.real_root, "")) or len(path.split("/")) > _MAX_LINKS:
                return False
            status = os.stat(entry.path)
            if (status.st_dev, status.st_ino) in self.seen or os.path.join(self.real_root, "").startswith(
                os.path.join(real, "")
            ):
                return False
            self.seen.add((status.st_dev, status.st_ino))
            if os.path.relpath(real, self.real_root) != path:
                return False  # it is listed under its real name
        return not self._ignored(path, ignores, folder=True)

    def _file(self, entry: os.DirEntry[str], path: str, ignores: tuple[tuple[str, Any], ...]) -> None:
        if self.extra and matches_any(path, self.extra):
            return
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if not real.startswith(os.path.join(self.real_root, "")):
                return
            inside = os.path.relpath(real, self.real_root).replace(os.sep, "/")
            if inside != path and not any(part in self.exact for part in inside.split("/")):
                return
        if not entry.is_file() or (self._ignored(path, ignores, folder=False) and not entry.name.startswith(".env")):
            return
        status = entry.stat()
        self.files[path] = (path, status.st_mtime_ns, status.st_size)

    def _ignored(self, path: str, ignores: tuple[tuple[str, Any], ...], *, folder: bool) -> bool:
        verdict = False
        for base, spec in ignores:
            inner = path[len(base) + 1 :] if base else path
            found = spec.check_file(inner + "/" if folder else inner)
            if found.include is not None:
                verdict = bool(found.include)
        return verdict and not self._is_tracked(path, folder=folder)

    def _is_tracked(self, path: str, *, folder: bool) -> bool:
        """What git tracks is not ignored, whatever a pattern says."""
        if self.tracked is False:
            from layercheck.gitindex import tracked_files

            self.tracked = tracked_files(self.root)
        if not isinstance(self.tracked, frozenset):
            return False
        if folder:
            prefix = path + "/"
            return any(t.startswith(prefix) for t in self.tracked)
        return path in self.tracked

    @staticmethod
    def _holds_environment(absolute: str, names: set[str]) -> bool:
        """A virtual environment without its pyvenv.cfg: Lib/site-packages (Windows) or lib/python3.x/site-packages."""
        if "Lib" in names and os.path.isdir(os.path.join(absolute, "Lib", "site-packages")):
            return True
        if "lib" in names:
            try:
                return any(
                    n.startswith("python") and os.path.isdir(os.path.join(absolute, "lib", n, "site-packages"))
                    for n in os.listdir(os.path.join(absolute, "lib"))
                )
            except OSError:
                return False
        return False

    def add_explicit(self, path: str) -> None:
        """A file that the user named."""
        if path in self.files or not path.endswith(".py"):
            return
        try:
            status = os.stat(os.path.join(self.root, path))
        except OSError as error:
            self.problems.append((path, error.strerror or str(error)))
            return
        self.files[path] = (path, status.st_mtime_ns, status.st_size)


def _ignore_file(path: str) -> Any:
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            lines = handle.read().splitlines()
    except OSError:
        return None
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    import pathspec

    return pathspec.GitIgnoreSpec.from_lines(lines)
