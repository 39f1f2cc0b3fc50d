"""Finds the suppression comments of a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from layercheck.patterns import pattern
from layercheck.suppress.lexing import Lexed, lex, statement_end
from layercheck.tuples import NamedTuple

if TYPE_CHECKING:
    import ast

Token: TypeAlias = tuple[str, int, int]
"""A code or name as written, with its first column and the column behind it, both from 0."""

Stored: TypeAlias = tuple[Any, ...]
"""What `scan` yields: a plain tuple with the fields of Suppression, or, for pylint's comments, of pragmas.Pragma."""


class Suppression(NamedTuple):
    """One comment that suppresses. Lines count from 1, columns from 0; `end` is the column behind the comment."""

    kind: str
    """NOQA, QUOTED (a `# noqa` in a string: flake8 heeds it, so it counts, but nobody is told that it is useless), IGNORE or FILE."""
    line: int
    column: int
    end: int
    first: int
    last: int
    """The lines whose findings it suppresses; none when first > last."""
    closes: bool
    """The comment stands behind closing brackets only: it also suppresses findings that end on its line."""
    tokens: tuple[Token, ...]
    """The codes and names it lists; none: it suppresses everything."""


NOQA: Final = "noqa"
QUOTED: Final = "quoted"
IGNORE: Final = "ignore"
FILE: Final = "file"

_HIT = pattern(r"(?i:noqa|layercheck\s*:)|\bpylint:")
_KELVIN: Final = "\u212a"
"""The sign for Kelvin, the one other letter whose small form is one of these words' letters."""
_NOQA = pattern(r"(?i)# noqa(?::\s?(?P<codes>(?:[A-Z]+[0-9]+[,\s]*)+))?")
"""flake8's grammar (`NOQA_INLINE_REGEXP` in flake8/defaults.py, the same from 6.0 to 7.x)."""
_NOQA_FILE = pattern(r"(?i)\s*# flake8[:=]\s*noqa")
"""flake8's `NOQA_FILE`, matched at the start of each line: whatever follows, flake8 skips the whole file."""
_CODE = pattern(r"[^,\s]+")
_OURS = pattern(r"(?i)LC\d{1,3}\Z")
_IGNORE = pattern(r"(?i)#\s*layercheck\s*:\s*ignore(?P<file>-file)?(?:\s*\[(?P<names>[^\]\n#]*)\]|(?![\w-])(?!\s*\[))")
_CLOSERS = pattern(r"\s*[)\]}][)\]},:\s]*\Z")


def scan(text: str, tree: ast.Module | None = None) -> tuple[Stored, ...]:
    """The suppressions of a file, in order of place, as plain tuples that marshal as they are.

    `text` is the decoded file, `tree` its syntax tree. pylint's comments reach to the end of the block they stand in, which the tree
    tells: without `tree` a file with such comments is parsed once more here, and in a file that is broken they reach to the end of
    their line, or of the file when they stand alone. Pure; never raises. A file without any such comment costs a substring search.
    """
    if not mentions(text):
        return ()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not any(_matters(text, hit) for hit in _hits(text)):
        return ()
    return _Scanner(text, tree).run()


_WORDS: Final = (b"noqa", b"layercheck", b"pylint:")


def mentions(text: str) -> bool:
    """Whether one of the words that such comments begin with occurs at all."""
    if text.isascii():
        lowered = text.lower()
        return "noqa" in lowered or "layercheck" in lowered or "pylint:" in lowered
    lowered_bytes = text.encode("utf-8", "surrogatepass").lower()  # `str.lower` is slow where there are other letters
    return any(word in lowered_bytes for word in _WORDS) or _KELVIN in text


def _hits(text: str) -> Iterator[re.Match[str]]:
    """What `_HIT.finditer` finds, sooner: substring searches tell where to look."""
    if _KELVIN in text:
        yield from _HIT.finditer(text)
        return
    lowered = text.encode("utf-8", "surrogatepass").lower()
    found = []
    for word in _WORDS:
        at = lowered.find(word)
        while at >= 0:
            found.append(at)
            at = lowered.find(word, at + 1)
    ascii_only = len(lowered) == len(text)
    for at in sorted(found):
        start = at if ascii_only else len(lowered[:at].decode("utf-8", "surrogatepass"))
        hit = _HIT.match(text, start)
        if hit is not None:
            yield hit


def _matters(text: str, hit: re.Match[str]) -> bool:
    """Whether a line that says one of the words may hold a comment for us: most `# noqa` comments name other tools' codes."""
    if hit.group()[:1] not in "nN":
        return True
    start = text.rfind("\n", 0, hit.start()) + 1
    end = text.find("\n", hit.end())
    line = text[start : end if end >= 0 else len(text)]
    if _NOQA_FILE.match(line):
        return True
    return any(_noqa_tokens(found, 0) is not None for found in _NOQA.finditer(line))


def _noqa_tokens(found: re.Match[str], start: int) -> tuple[Token, ...] | None:
    """Our codes in a noqa comment, with columns from `start`; () for a blanket one, None when it names other tools' codes only."""
    codes = found["codes"]
    if codes is None:
        return ()
    at = found.start("codes") - start
    ours = tuple((m.group(), at + m.start(), at + m.end()) for m in _CODE.finditer(codes) if _OURS.match(m.group()))
    return ours or None


class _Scanner:
    def __init__(self, text: str, tree: ast.Module | None) -> None:
        self.text = text
        self.tree = tree
        self.broken = False
        self.starts = [0, *[m.end() for m in re.finditer("\n", text)]]
        self.lexed: Lexed = lex(text)

    def run(self) -> tuple[Stored, ...]:
        found: list[tuple[int, Stored]] = []
        seen: set[tuple[str, int]] = set()
        for hit in _hits(self.text):
            line = bisect_right(self.starts, hit.start())
            word = hit.group()[:1].lower()
            comment = self.lexed.comment_at(hit.start())
            where = (word, line) if word == "n" else (word, comment[0] if comment else -1)
            if where in seen:
                continue
            seen.add(where)
            if word == "n":
                found.extend((line, s) for s in self._noqa(line))
            elif comment and word == "l":
                found.extend((line, s) for s in self._ignore(line, *comment))
            elif comment:
                found.extend((line, s) for s in self._pylint(line, *comment))
        return tuple(s for _, s in sorted(found, key=lambda pair: pair[0]))

    def _line(self, line: int) -> str:
        end = self.starts[line] - 1 if line < len(self.starts) else len(self.text)
        return self.text[self.starts[line - 1] : end]

    def _noqa(self, line: int) -> list[Stored]:
        content = self._line(line)
        if _NOQA_FILE.match(content):
            return [Suppression(FILE, line, 0, len(content), 1, 1, False, ())[:]]
        first, last = self.lexed.line_range(line)
        base = self.starts[line - 1]
        found: list[Stored] = []
        for match in _NOQA.finditer(content):
            tokens = _noqa_tokens(match, 0)
            if tokens is not None:
                kind = NOQA if self.lexed.comment_at(base + match.start()) else QUOTED
                if kind == QUOTED and _NOQA.search(self.text, self.starts[first - 1], base + match.start()):
                    continue  # of several on joined lines flake8 hears the first; we hear all that are comments
                end = match.start() + len(match.group().rstrip(", \t"))
                found.append(tuple(Suppression(kind, line, match.start(), end, first, last, False, tokens)))
        return found

    def _ignore(self, line: int, start: int, end: int) -> list[Stored]:
        base = self.starts[line - 1]
        before = self.text[base:start]
        found: list[Stored] = []
        for match in _IGNORE.finditer(self.text, start, end):
            names = match["names"]
            tokens: tuple[Token, ...] = ()
            if names is not None:
                at = match.start("names") - base
                tokens = tuple((m.group(), at + m.start(), at + m.end()) for m in _CODE.finditer(names))
                if not tokens:
                    continue
            kind = IGNORE
            first, last = self.lexed.line_range(line)
            alone = not before.strip()
            if match["file"]:
                # behind code it would be ambiguous: it then suppresses nothing, and LC008 says so
                kind, (first, last) = (FILE, (1, 1)) if alone else (IGNORE, (1, 0))
            elif alone:
                first, last = self._next_code(line)
            closes = kind == IGNORE and first <= last and bool(_CLOSERS.match(before))
            found.append(tuple(Suppression(kind, line, match.start() - base, end - base, first, last, closes, tokens)))
        return found

    def _next_code(self, line: int) -> tuple[int, int]:
        """The lines that a comment on a line of its own speaks for: the next line of code, with what it decorates."""
        total = len(self.starts)
        line += 1
        while line <= total and (not (stripped := self._line(line).strip()) or stripped[0] == "#"):
            line += 1
        if line > total:
            return 1, 0
        first = line
        while line <= total and (stripped := self._line(line).strip())[:1] in ("@", "#", ""):
            if stripped[:1] == "@":
                end = statement_end(self.text, self.starts[line - 1])
                line = bisect_right(self.starts, end)
            line += 1
        return first, max(first, self.lexed.line_range(min(line, total))[1])

    def _pylint(self, line: int, start: int, end: int) -> list[Stored]:
        from layercheck.suppress import pragmas

        comment = self.text[start:end]
        found: list[Stored] = []
        first, _ = self.lexed.line_range(line)
        alone = not self.text[self.starts[line - 1] : start].strip()
        for action, names in pragmas.parse(comment):
            if action == "skip-file" or (action == "disable" and "all" in names):
                found.append(tuple(Suppression(FILE, line, start - self.starts[line - 1], 0, 1, 1, False, ())))
                break
            # pylint takes a line that is joined to the one above for its continuation, except at the very top of a file
            at = line - 1 if 1 < first < line else line
            scope = pragmas.scope(self._parsed(), action, at, alone, len(self.starts))
            found.append(tuple(pragmas.Pragma(pragmas.PYLINT, at, action != "enable", names, *scope)))
        return found

    def _parsed(self) -> ast.Module | None:
        if self.tree is None and not self.broken:
            from layercheck.parsing import parse

            try:
                self.tree = parse(self.text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self.broken = True
        return self.tree
