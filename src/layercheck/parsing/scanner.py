"""A tolerant scanner of Python's newest lexical grammar, for rewriting what the host cannot parse.

It knows just enough: names, strings, f- and t-strings with their replacement fields (PEP 701, PEP 750), comments, brackets, line
ends. It never fails: text that makes no sense gives tokens that make no sense, and the host's parser has the last word.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<space>[ \t\f]+|\\\n)"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<newline>\n)"
    r"|(?P<string>[A-Za-z]{0,2}(?:'''|\"\"\"|'|\"))"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>\.?\d[\w.]*)"
    r"|(?P<op>.)",
    re.DOTALL,
)
_PREFIXES = frozenset({"", "r", "b", "u", "br", "rb", "f", "fr", "rf", "t", "tr", "rt"})
_OPEN, _CLOSE = "([{", ")]}"


class Field(NamedTuple):
    """A replacement field of an f-string: offsets of the expression, what follows it, and the parts of its format."""

    start: int
    end: int
    conversion: str
    debug: str
    """The text before `=` with it, for `{x=}`; else ""."""
    spec: tuple[str | Field, ...] | None


class Token(NamedTuple):
    """kind: "name", "op", "string", "fstring", "number", "newline" (a logical end of line is not told from others)."""

    kind: str
    start: int
    end: int
    prefix: str = ""
    quote: str = ""
    parts: tuple[str | Field, ...] = ()
    """Of an fstring: raw literal text and fields in order."""


def scan(text: str, start: int = 0, stop: int | None = None) -> list[Token]:
    """The tokens of a piece of text; spaces and comments are left out."""
    out: list[Token] = []
    position, stop = start, len(text) if stop is None else stop
    while position < stop:
        found = _TOKEN.match(text, position)
        if found is None:
            break
        kind = found.lastgroup or "op"
        if kind == "string":
            token = _string(text, found, stop)
            if token is None:
                kind = "name" if found[0][0].isalpha() else "op"
                position = found.end() if kind == "op" else position + 1
                continue
            out.append(token)
            position = token.end
            continue
        position = found.end()
        if kind in ("space", "comment"):
            continue
        out.append(Token(kind, found.start(), position))
    return out


def _string(text: str, found: re.Match[str], stop: int) -> Token | None:
    opening = found[0]
    quote = opening.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    prefix = opening[: len(opening) - len(quote)].lower()
    if prefix not in _PREFIXES:
        return None
    if "f" in prefix or "t" in prefix:
        parts, end = _fstring_parts(text, found.end(), stop, quote, "r" in prefix)
        return Token("fstring", found.start(), end, prefix, quote, parts)
    position = found.end()
    while position < stop:
        if text[position] == "\\":
            position += 2
        elif text.startswith(quote, position):
            return Token("string", found.start(), position + len(quote), prefix, quote)
        elif text[position] == "\n" and len(quote) == 1:
            break
        else:
            position += 1
    return Token("string", found.start(), min(position, stop), prefix, quote)


def _fstring_parts(text: str, position: int, stop: int, quote: str, raw: bool) -> tuple[tuple[str | Field, ...], int]:
    """(literal text and fields, offset after the closing quote)."""
    parts: list[str | Field] = []
    literal = ""
    while position < stop:
        char = text[position]
        if text.startswith(quote, position):
            if literal:
                parts.append(literal)
            return tuple(parts), position + len(quote)
        if char == "\\" and position + 1 < stop:
            if text.startswith("\\N{", position) and not raw:
                close = text.find("}", position)
                if close > 0:
                    literal += text[position : close + 1]
                    position = close + 1
                    continue
            if text[position + 1] not in "{}":
                literal += text[position : position + 2]
                position += 2
            else:
                literal += char
                position += 1
        elif text.startswith(("{{", "}}"), position):
            literal += char
            position += 2
        elif char == "{":
            if literal:
                parts.append(literal)
                literal = ""
            field, position = _field(text, position + 1, stop, quote, raw)
            parts.append(field)
        elif char == "\n" and len(quote) == 1:
            break
        else:
            literal += char
            position += 1
    if literal:
        parts.append(literal)
    return tuple(parts), position


def _field(text: str, start: int, stop: int, quote: str, raw: bool) -> tuple[Field, int]:
    """A replacement field whose `{` is behind us; gives the offset after its `}`."""
    depth = 0
    position = start
    end = None
    debug = conversion = ""
    while position < stop:
        found = _TOKEN.match(text, position)
        if found is None:
            break
        if found.lastgroup == "string":
            token = _string(text, found, stop)
            position = token.end if token is not None else position + 1
            continue
        char = found[0]
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE and depth:
            depth -= 1
        elif depth == 0:
            if char == "}":
                return Field(start, position if end is None else end, conversion, debug, None), position + 1
            if char == "!" and not text.startswith("!=", position):
                end = position if end is None else end
                named = re.compile(r"!\s*([rsa])").match(text, position)
                conversion = named[1] if named else ""
                position = named.end() if named else position + 1
                continue
            if char == ":":
                end = position if end is None else end
                spec, position = _spec(text, position + 1, stop, quote, raw)
                return Field(start, end, conversion, debug, spec), position
            if char == "=" and re.compile(r"=\s*[}!:]").match(text, position) and text[position - 1] not in "=!<>":
                end, debug = position, text[start : position + 1]
        position = found.end()
    return Field(start, position if end is None else end, conversion, debug, None), position


def _spec(text: str, position: int, stop: int, quote: str, raw: bool) -> tuple[tuple[str | Field, ...], int]:
    """A format specification up to and with the closing brace of its field."""
    parts: list[str | Field] = []
    literal = ""
    while position < stop and text[position] != "}" and not text.startswith(quote, position):
        if text[position] == "{":
            if literal:
                parts.append(literal)
                literal = ""
            field, position = _field(text, position + 1, stop, quote, raw)
            parts.append(field)
        else:
            literal += text[position]
            position += 1
    if literal:
        parts.append(literal)
    return tuple(parts), position + 1
