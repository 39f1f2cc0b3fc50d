"""Glob patterns over paths relative to the project root.

`*` and `?` stay within a folder, `**` crosses folders, `[ab]` and `[!ab]` are one character. A pattern without a slash fits a file or
folder of that name anywhere; one with a slash (a leading one is enough) is anchored at the root. What fits a folder fits all below.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

_compiled: dict[str, re.Pattern[str]] = {}


def matches_any(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path (relative to the root, forward slashes) fits one of the patterns."""
    for pattern in patterns:
        found = _compiled.get(pattern)
        if found is None:
            found = _compiled[pattern] = _compile(pattern)
        if found.fullmatch(path) is not None:
            return True
    return False


def is_name(pattern: str) -> bool:
    """Whether a pattern is about names at any depth, not about a place below the root."""
    return "/" not in pattern.rstrip("/") and pattern not in (".", "**")


def has_wildcard(pattern: str) -> bool:
    """Whether a pattern is more than a literal name or path."""
    return "*" in pattern or "?" in pattern or "[" in pattern


def _compile(pattern: str) -> re.Pattern[str]:
    import re

    parts = [p for p in pattern.split("/") if p not in ("", ".")]
    if not parts:
        return re.compile("(?s:.*)")
    out = "(?:.*/)?" if is_name(pattern) else ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part != "**":
            out += _segment(part) + ("" if last else "/")
        elif last:
            out += ".+"
        elif parts[number - 1 : number] != ["**"]:
            out += "(?:.*/)?"
    return re.compile(f"(?s:{out}(?:/.*)?)")


def _segment(part: str) -> str:
    """The regular expression of one path segment."""
    import re

    out, i = "", 0
    while i < len(part):
        char = part[i]
        i += 1
        if char == "*":
            if not out.endswith("[^/]*"):
                out += "[^/]*"
        elif char == "?":
            out += "[^/]"
        elif char == "[" and (end := part.find("]", i + 2 if part[i : i + 1] in "!^" else i + 1)) > 0:
            body = part[i:end]
            negated = body[0] in "!^"
            body = body[1:] if negated else body
            body = body.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("^", "\\^")
            body = body.replace("&&", "&\\&").replace("~~", "~\\~").replace("||", "|\\|")
            out += f"(?!/)[{'^' if negated else ''}{body}]"
            i = end + 1
        else:
            out += re.escape(char)
    return out


def check_pattern(pattern: str) -> str:
    """What is wrong with a pattern, '' when nothing is."""
    if not pattern.strip():
        return "a pattern must not be empty"
    try:
        _compile(pattern)
    except (ValueError, OverflowError) as error:  # re.error is a ValueError only from 3.13 on
        return f"not a pattern: {error}"
    except Exception as error:
        import re

        if not isinstance(error, re.error):
            raise
        return f"not a pattern: {error}"
    return ""


def rebase(pattern: str, base: str, root: str) -> tuple[str, ...]:
    """The patterns relative to `root` that mean what `pattern` means relative to the folder `base`; both are absolute.

    A pattern that is about names is the same everywhere. One that cannot fit anything below the root gives none; one that fits
    the root itself, or a folder above it, fits everything. A configuration that lies beside the project (neither above nor below
    its root) cannot mean its own neighbours: its patterns count from the root, unless they say `../`.
    """
    parts = [p for p in pattern.split("/") if p not in ("", ".")]
    if is_name(pattern) or (base == root and ".." not in parts):
        return (pattern,)
    above, below = _contains(base, root), _contains(root, base)
    if not above and not below and ".." not in parts:
        return (pattern,)
    segments: list[str | None] = [None] * len(_parts(base))
    literal = [*_parts(base)]
    for part in parts:
        if part == "..":
            if segments:
                segments.pop()
                literal.pop()
        else:
            segments.append(part)
            literal.append(part)
    states = _close({0}, segments)
    for folder in _parts(root):
        following = set()
        for at in states:
            if at == len(segments):
                return ("**",)
            segment = segments[at]
            if segment == "**":
                following.add(at)
            elif literal[at] == folder if segment is None else _fits(folder, segment):
                following.add(at + 1)
        states = _close(following, segments)
    out = []
    for at in sorted(states):
        if at == len(segments):
            return ("**",)
        if at - 1 in states and segments[at - 1] == "**":
            continue  # the pattern that begins with ** covers it
        rest = "/".join(_escape(n) if s is None else s for n, s in zip(literal[at:], segments[at:], strict=True))
        out.append(rest if "/" in rest or rest == "**" else f"/{rest}")
    return tuple(out)


def _escape(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _fits(name: str, segment: str) -> bool:
    import re

    return re.fullmatch(f"(?s:{_segment(segment)})", name) is not None


def _close(states: set[int], segments: list[str | None]) -> set[int]:
    """`**` may stand for no folder at all; as the last segment it needs something below."""
    out = set(states)
    for at in sorted(states):
        while at < len(segments) - 1 and segments[at] == "**":
            at += 1
            out.add(at)
    return out


def _parts(folder: str) -> list[str]:
    return [p for p in folder.replace(os.sep, "/").split("/") if p]


def _contains(outer: str, inner: str) -> bool:
    mine, other = _parts(outer), _parts(inner)
    return other[: len(mine)] == mine
