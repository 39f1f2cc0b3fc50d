"""Where the comments of a Python text are, and which lines belong to one token; without a tokenizer.

The standard tokenizer is slow, differs between Python versions (f-strings are one token up to 3.11 and many since 3.12) and
gives up on files that the running Python cannot parse. Only two questions matter here: does this `#` start a comment, and
which lines are joined by a string over several lines or by a backslash at a line's end.
"""

from __future__ import annotations

from bisect import bisect_right

from layercheck.patterns import pattern
from layercheck.tuples import NamedTuple

_OPENING = pattern(r"#[^\n]*|\"\"\"|'''|\"|'|\\\n")
_STRING_END = {
    '"': pattern(r'[^\\"\n]*+(?:\\[\s\S][^\\"\n]*+)*+"?'),
    "'": pattern(r"[^\\'\n]*+(?:\\[\s\S][^\\'\n]*+)*+'?"),
    '"""': pattern(r'[^\\"]*+(?:(?:\\[\s\S]|"(?!""))[^\\"]*+)*+(?:""")?'),
    "'''": pattern(r"[^\\']*+(?:(?:\\[\s\S]|'(?!''))[^\\']*+)*+(?:''')?"),
}
_IN_FIELD = pattern(r"\"\"\"|'''|[\"'()\[\]{}:\n]|!=|#[^\n]*")
_IN_TEXT = pattern(r"\\[^{}]|\{\{|\}\}|[{}\n]|\"\"\"|'''|\"|'")
_PREFIX = pattern(r"(?i)(?<![\w])(?:[ft]r?|r[ft])\Z")


class Lexed(NamedTuple):
    """`comments`: (start, end) offsets in order. `joined`: (first, last) line numbers of lines that one token or a backslash ties."""

    comments: tuple[tuple[int, int], ...]
    joined: tuple[tuple[int, int], ...]

    def comment_at(self, offset: int) -> tuple[int, int] | None:
        """The comment that covers this offset, or None."""
        at = bisect_right(self.comments, (offset, len(self.comments) and self.comments[-1][1])) - 1
        if at >= 0 and self.comments[at][0] <= offset < self.comments[at][1]:
            return self.comments[at]
        return None

    def line_range(self, line: int) -> tuple[int, int]:
        """The first and last line of the joined lines around this one; (line, line) when it stands alone."""
        at = bisect_right(self.joined, (line, 1 << 60)) - 1
        if at >= 0 and self.joined[at][1] >= line:
            return self.joined[at]
        return line, line


def lex(text: str) -> Lexed:
    """Comments and joined lines of a text whose line ends are all `\\n`. Never raises: broken text gets a sensible answer."""
    comments: list[tuple[int, int]] = []
    joined: list[tuple[int, int]] = []
    line, counted, position = 1, 0, 0
    search = _OPENING.search
    while (found := search(text, position)) is not None:
        start, position = found.span()
        if text[start] == "#":
            comments.append((start, position))
            continue
        if text[start] != "\\":
            position = _string_end(text, start, found.group())
        lines = text.count("\n", start, position)
        if lines:
            line += text.count("\n", counted, start)
            counted = position
            if joined and joined[-1][1] >= line:
                joined[-1] = (joined[-1][0], line + lines)
            else:
                joined.append((line, line + lines))
            line += lines
    return Lexed(tuple(comments), tuple(joined))


def _string_end(text: str, start: int, quote: str) -> int:
    """The offset behind the string that opens at `start` with `quote`; a string that is never closed ends with its line (or the text)."""
    inside = start + len(quote)
    found = _STRING_END[quote].match(text, inside)
    end = found.end() if found else len(text)
    formatted = start and text[start - 1] in "fFtTrR" and _PREFIX.search(text, max(start - 3, 0), start)
    # PEP 701: a replacement field may hold the very quote that opened the string; then the braces do not balance here
    if formatted and text.count("{", inside, end) != text.count("}", inside, end):
        return _formatted_end(text, inside, quote)
    return end


def _formatted_end(text: str, position: int, quote: str) -> int:
    """The offset behind an f-string or t-string with nested quotes; `position` is just inside it."""
    while (found := _IN_TEXT.search(text, position)) is not None:
        mark = found.group()
        position = found.end()
        if mark == quote:
            return position
        if mark[:1] in "\"'" and mark.startswith(quote):
            return found.start() + len(quote)
        if mark == "\n" and len(quote) == 1:
            return found.start()
        if mark == "{":
            position = _field_end(text, position)
    return len(text)


def _field_end(text: str, position: int) -> int:
    """The offset behind the `}` that closes a replacement field; `position` is just behind its `{`."""
    depth = 0
    specification = False
    while (found := _IN_FIELD.search(text, position)) is not None:
        mark = found.group()
        position = found.end()
        if specification:
            # a format specification is literal text with further fields in it
            if mark == "{":
                position = _field_end(text, position)
            elif mark == "}":
                return position
        elif mark[0] in "\"'":
            position = _string_end(text, found.start(), mark)
        elif mark in "([{":
            depth += 1
        elif mark in ")]}":
            if depth == 0:
                return position
            depth -= 1
        elif mark == ":" and depth == 0:
            specification = True
    return len(text)


_STATEMENT = pattern(r"#[^\n]*|\"\"\"|'''|[\"'()\[\]{}\n]|\\\n")


def statement_end(text: str, position: int) -> int:
    """The offset of the line end (or the text's end) that ends the logical line which begins at or around `position`."""
    depth = 0
    while (found := _STATEMENT.search(text, position)) is not None:
        mark = found.group()
        position = found.end()
        if mark[0] in "\"'":
            position = _string_end(text, found.start(), mark)
        elif mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif mark == "\n" and depth <= 0:
            return found.start()
    return len(text)
