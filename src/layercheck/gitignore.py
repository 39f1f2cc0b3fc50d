"""Ignore files of git (https://git-scm.com/docs/gitignore), asked top-down: nobody asks about what lies in an ignored folder.

DESIGN: a project has a hundred patterns and thousands of files, of which almost none is ignored once the ignored folders are not
entered. So each pattern gives a condition on the name alone (equal, begins, ends, a regular expression) that every path it fits must
meet; a path that meets none is done after a few set and string operations. Nearly all patterns are names (`*.log`, `build/`) or
literal paths (`/docs/_site`): for these the condition, or the equal path, is the whole truth. Where any other pattern may fit,
pathspec decides (its import alone costs as much as the start of Python).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_WILD = re.compile(r"[*?\[]")
_CLASS = re.compile(r"\[(?:0-9|a-z|A-Z|[A-Za-z0-9_.])+\]")


class _Pattern(NamedTuple):
    """One line. `test` and `value` are the condition on the name; `path` is the literal path where the line is one."""

    ignores: bool
    folders_only: bool
    test: str
    value: str
    path: str
    plain: bool
    """Whether condition and path decide; otherwise pathspec does."""

    def may_fit(self, path: str, name: str) -> bool:
        """Whether the condition is met."""
        test, value = self.test, self.value
        if test == "equal":
            return name == value
        if test == "ends":
            return name.endswith(value)
        if test == "begins":
            return name.startswith(value)
        if test == "below":
            return value in f"/{path}"
        return re.fullmatch(value, name, re.DOTALL) is not None


class IgnoreFile:
    """The patterns of one ignore file. Paths are asked for relative to its own folder."""

    def __init__(self, text: str) -> None:
        self._lines = [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]
        self._patterns = [found for line in self._lines if (found := _parse(line)) is not None]
        tests: dict[str, set[str]] = {}
        for pattern in self._patterns:
            tests.setdefault(pattern.test, set()).add(pattern.value)
        self._equal = frozenset(tests.get("equal", ()))
        self._ends, self._begins = tuple(tests.get("ends", ())), tuple(tests.get("begins", ()))
        self._below = tuple(tests.get("below", ()))
        expressions = sorted(tests.get("glob", ()))
        self._glob = re.compile("|".join(f"(?:{e})" for e in expressions), re.DOTALL) if expressions else None
        self._spec: GitIgnoreSpec | None = None
        self.empty = not self._patterns

    def verdict(self, path: str, name: str, *, folder: bool) -> bool | None:
        """True: ignored, False: taken back by a `!` pattern, None: no pattern fits. `name` is the path's last part."""
        if (
            name in self._equal
            or name.endswith(self._ends)
            or name.startswith(self._begins)
            or (self._glob is not None and self._glob.fullmatch(name) is not None)
            or (self._below and any(part in f"/{path}" for part in self._below))
        ):
            return self._decide(path, name, folder=folder)
        return None

    def _decide(self, path: str, name: str, *, folder: bool) -> bool | None:
        candidates = [p for p in self._patterns if p.may_fit(path, name)]
        if all(p.plain for p in candidates):
            for pattern in reversed(candidates):  # the last one that fits decides
                if (folder or not pattern.folders_only) and pattern.path in ("", path):
                    return pattern.ignores
            return None
        if self._spec is None:
            self._spec = _compile(self._lines)
        return self._spec.check_file(f"{path}/" if folder else path).include


def _parse(line: str) -> _Pattern | None:
    """A line's pattern; None for blank lines and comments."""
    text = line.rstrip(" ")
    if not text.strip() or text.startswith("#"):
        return None
    ignores = not text.startswith("!")
    text = text.removeprefix("!")
    folders_only = text.endswith("/")
    pattern = text.removesuffix("/")
    if not pattern or "\\" in pattern or pattern != text.strip().removesuffix("/"):
        return _Pattern(ignores, folders_only, "ends", "", "", plain=False)
    above, slash, last = pattern.rpartition("/")
    if last in ("*", "**"):
        parent = above.rpartition("/")[2]
        if parent and not _WILD.search(parent):
            return _Pattern(ignores, folders_only, "below", f"/{parent}/", "", plain=False)
        return _Pattern(ignores, folders_only, "ends", "", "", plain=False)
    literal_path = bool(slash) and not _WILD.search(pattern)
    path = pattern.removeprefix("/") if literal_path else ""
    plain = not slash or (literal_path and "//" not in pattern)
    if not _WILD.search(last):
        return _Pattern(ignores, folders_only, "equal", last, path, plain)
    if last[0] == "*" and not _WILD.search(last[1:]):
        return _Pattern(ignores, folders_only, "ends", last[1:], path, plain)
    if last[-1] == "*" and not _WILD.search(last[:-1]):
        return _Pattern(ignores, folders_only, "begins", last[:-1], path, plain)
    expression, exact = _condition(last)
    return _Pattern(ignores, folders_only, "glob", expression, path, plain and exact)


def _condition(glob: str) -> tuple[str, bool]:
    """A regular expression that every name fitting the glob meets, and whether no other name does."""
    out, i = "", 0
    while i < len(glob):
        char = glob[i]
        if char == "*":
            out += "" if out.endswith(".*") and glob[i - 1] == "*" else ".*"
        elif char == "?":
            out += "."
        elif char == "[":
            simple = _CLASS.match(glob, i)
            if simple is None:
                return f"{out}.*", False
            out += simple[0]
            i = simple.end() - 1
        else:
            out += re.escape(char)
        i += 1
    return out, True


def _compile(lines: list[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except (ValueError, re.error):  # git passes over lines that are no pattern
        good = []
        for line in lines:
            try:
                GitIgnoreSpec.from_lines([line])
            except (ValueError, re.error):
                continue
            good.append(line)
        return GitIgnoreSpec.from_lines(good)


def read_ignore_file(path: str) -> IgnoreFile | None:
    """The ignore file at a path; None when there is none, it has no pattern, or it is a link (git does not follow those)."""
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return None
        with open(path, "rb") as handle:
            found = IgnoreFile(handle.read().decode("utf-8", "surrogateescape"))
    except OSError:
        return None
    return None if found.empty else found
