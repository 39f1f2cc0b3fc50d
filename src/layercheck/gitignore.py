"""Ignore files of git (https://git-scm.com/docs/gitignore), asked top-down: nobody asks about what lies in an ignored folder.

DESIGN: a project has a hundred patterns and thousands of files, of which almost none is ignored once the ignored folders are not
entered. So the patterns of a file are sorted into a set of names, a set of paths, two tuples of beginnings and endings, and two
regular expressions; a path that none of these knows is done after a handful of C calls. Only where one does, the patterns are gone
through from the last to the first. Own code and not pathspec, because pathspec answers for a path with all folders above it, which
differs from git where patterns take each other back (`!*` then `build`), and because its import costs as much as the start of
Python (22 ms); the tests compare with git itself on arbitrary patterns.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from layercheck.patterns import pattern
from layercheck.tuples import NamedTuple

_SPECIAL = pattern(r"[*?\[\\]")
_CLASSES = {
    "alnum": "A-Za-z0-9", "alpha": "A-Za-z", "blank": " \\t", "cntrl": "\\x00-\\x1f\\x7f", "digit": "0-9", "graph": "!-~", "lower": "a-z",
    "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": "\\s", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class _Pattern(NamedTuple):
    """One line of an ignore file. `test` says how `value` is compared: with the name, or with the path."""

    ignores: bool
    """False: it begins with `!`."""
    folders_only: bool
    test: str
    value: str

    def fits(self, path: str, name: str) -> bool:
        test, value = self.test, self.value
        if test == "name":
            return name == value
        if test == "ends":
            return name.endswith(value)
        if test == "begins":
            return name.startswith(value)
        if test == "path":
            return path == value
        return re.fullmatch(value, name if test == "name glob" else path, re.DOTALL) is not None


class IgnoreFile:
    """The patterns of one ignore file. Paths are asked for relative to its own folder."""

    def __init__(self, text: str) -> None:
        lines = text.removeprefix("\ufeff").split("\n")
        self._patterns = [found for line in lines if (found := _parse(line.removesuffix("\r"))) is not None]
        values: dict[str, set[str]] = {}
        for entry in self._patterns:
            values.setdefault(entry.test, set()).add(entry.value)
        self._names, self._paths = frozenset(values.get("name", ())), frozenset(values.get("path", ()))
        self._ends, self._begins = tuple(values.get("ends", ())), tuple(values.get("begins", ()))
        self._name_globs = _any_of(values.get("name glob", ()))
        self._path_globs = _any_of(values.get("path glob", ()))
        self.empty = not self._patterns

    def verdict(self, path: str, name: str, *, folder: bool) -> bool | None:
        """True: ignored, False: taken back by a `!` pattern, None: no pattern fits. `name` is the path's last part."""
        if (
            name in self._names
            or name.endswith(self._ends)
            or name.startswith(self._begins)
            or path in self._paths
            or (self._name_globs is not None and self._name_globs.fullmatch(name) is not None)
            or (self._path_globs is not None and self._path_globs.fullmatch(path) is not None)
        ):
            for pattern in reversed(self._patterns):  # the last one that fits decides
                if (folder or not pattern.folders_only) and pattern.fits(path, name):
                    return pattern.ignores
        return None


def _any_of(expressions: Iterable[str]) -> re.Pattern[str] | None:
    text = "|".join(f"(?:{e})" for e in sorted(expressions))
    return re.compile(text, re.DOTALL) if text else None


def _parse(line: str) -> _Pattern | None:
    """A line's pattern; None for blank lines, comments and what can fit nothing."""
    if line.startswith("#"):
        return None
    text = _without_trailing_spaces(line.partition("\0")[0])
    ignores = not text.startswith("!")
    text = text.removeprefix("!")
    folders_only = text.endswith("/")
    pattern = text.removesuffix("/")
    if not pattern:
        return None
    if "/" in pattern:
        pattern = pattern.removeprefix("/")
        if not _SPECIAL.search(pattern):
            return _Pattern(ignores, folders_only, "path", pattern)
        rest = pattern.removeprefix("**/")
        if "/" in rest or rest == pattern:
            expression = _wildmatch(pattern)
            return None if expression is None else _Pattern(ignores, folders_only, "path glob", expression)
        pattern = rest  # `**/name` is a name at any depth, as `name` is
    if not _SPECIAL.search(pattern):
        return _Pattern(ignores, folders_only, "name", pattern)
    if pattern[0] == "*" and not _SPECIAL.search(pattern[1:]):
        return _Pattern(ignores, folders_only, "ends", pattern[1:])
    if pattern[-1] == "*" and not _SPECIAL.search(pattern[:-1]):
        return _Pattern(ignores, folders_only, "begins", pattern[:-1])
    expression = _wildmatch(pattern)
    return None if expression is None else _Pattern(ignores, folders_only, "name glob", expression)


def _without_trailing_spaces(line: str) -> str:
    """Trailing spaces do not count, unless a backslash stands before them."""
    end = i = 0
    while i < len(line):
        if line[i] == "\\":
            i += 1
            end = i + 1
        elif line[i] != " ":
            end = i + 1
        i += 1
    return line[:end]


def _wildmatch(pattern: str) -> str | None:
    """The regular expression of a glob as git's wildmatch.c reads it; None when it is malformed and fits nothing.

    `*`, `?` and classes do not cross folders; a run of stars between slashes (or the ends) stands for any number of folders.
    """
    out, i = "", 0
    while i < len(pattern):
        char = pattern[i]
        i += 1
        if char == "*":
            start = i - 1
            while pattern[i : i + 1] == "*":
                i += 1
            alone = i - start > 1 and (start == 0 or pattern[start - 1] == "/")
            if alone and i == len(pattern):
                out += ".*"
            elif alone and pattern[i] == "/":
                out += "(?:.*/)?"
                i += 1
            else:
                out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "[":
            found = _bracket(pattern, i)
            if found is None:
                return None
            out += found[0]
            i = found[1]
        elif char == "\\":
            if i == len(pattern):
                return None
            out += re.escape(pattern[i])
            i += 1
        else:
            out += re.escape(char)
    return out


def _bracket(pattern: str, i: int) -> tuple[str, int] | None:
    """The regular expression of a `[...]` whose inside begins at i, and where the pattern goes on; None when it has no end."""
    negated = pattern[i : i + 1] in ("!", "^")
    i += negated
    members, first = "", True
    while first or pattern[i : i + 1] != "]":
        if i >= len(pattern):
            return None
        first = False
        if pattern.startswith("[:", i):
            end = pattern.find("]", i + 2)
            if end < 0:
                return None
            if pattern[end - 1] == ":" and end > i + 2:
                name = pattern[i + 2 : end - 1]
                if name not in _CLASSES:
                    return None
                members += _CLASSES[name]
                i = end + 1
                continue
        low, i = _member(pattern, i)
        members += _escaped(low) if low else ""
        if pattern[i : i + 1] == "-" and pattern[i + 1 : i + 2] not in ("", "]"):
            high, i = _member(pattern, i + 1)
            if low and high and low <= high:  # of `[z-a]` git takes the z
                members += f"{_escaped(low)}-{_escaped(high)}"
    if not members:
        return ("[^/]" if negated else "(?!)"), i + 1
    return f"(?!/)[{'^' if negated else ''}{members}]", i + 1


def _member(pattern: str, i: int) -> tuple[str, int]:
    """One character of a class, and where the next begins."""
    if pattern[i] == "\\":
        i += 1
    return pattern[i : i + 1], i + 1


def _escaped(char: str) -> str:
    return f"\\U{ord(char):08x}"


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
