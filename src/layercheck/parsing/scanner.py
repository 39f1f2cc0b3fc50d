"""A scanner of Python's newest lexical grammar, for the rewriting of what the host cannot parse.

DESIGN. It knows what the rewrites need and no more: names, operators, brackets, ends of logical lines, strings, and f- and
t-strings with their replacement fields (PEP 701, PEP 750). One regular expression finds the next token of code; code and
template strings call each other, as they nest. The host's own tokenizer is of no use here, because it changed with every one of
these PEPs. Whatever makes no sense (a bracket without its partner, a string without its end) raises `Unscannable`: no Python
could parse that, so nobody needs a rewrite of it.

The rules for template strings are those of CPython's `Parser/lexer/lexer.c` of 3.14.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from layercheck.patterns import pattern
from layercheck.tuples import NamedTuple

STRING = '"'
"""The `text` of every string token."""
NEWLINE = "\n"
"""The `text` of the end of a logical line."""

_MAX_NESTED_STRINGS = 150  # MAXFSTRINGLEVEL
_MAX_NESTED_SPECS = 2  # MAX_EXPR_NESTING, counted from the format specification of the outermost field

_TRIVIA = r"(?:[ \t\f]+|\\\n|\#[^\n]*+)*+"
_TOKEN = pattern(
    _TRIVIA
    + r"""(?:
        ((?:[rR][bBfFtT]?|[bBfFtT][rR]?|[uU])?(?:'''|'|\"\"\"|\"))
      | ([^\W\d]\w*+|\.?\d(?:[\w.])*+)
      | (\n)
      | (==|!=|<=|>=|\*\*|.)
    )?""",
    re.VERBOSE | re.DOTALL,
)
_STRING_START, _WORD, _LINE_END = 1, 2, 3
_CLOSER = {"(": ")", "[": "]", "{": "}"}

_PLAIN_REST = {
    "'": pattern(r"[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'", re.DOTALL),
    '"': pattern(r'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"', re.DOTALL),
    "'''": pattern(r"[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''", re.DOTALL),
    '"""': pattern(r'[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""', re.DOTALL),
}
_LITERAL_RUN = {
    "'": pattern(r"[^'\\{}\n]*+"),
    '"': pattern(r'[^"\\{}\n]*+'),
    "'''": pattern(r"(?:[^'\\{}]|'(?!''))*+"),
    '"""': pattern(r'(?:[^"\\{}]|"(?!""))*+'),
}
_CONVERSION = pattern(r"!([sra])(?!\w)(?:[ \t\f\n]+|\\\n|\#[^\n]*)*")
_SPACE = pattern(r"[ \t\f\n]*")
_STRING_OR_COMMENT = pattern(r"""("[^"]*"?|'[^']*'?)|\#[^\n]*""")


class Unscannable(Exception):
    """The text is no Python of any version."""


class TooManyStrings(Unscannable):
    """Strings nested in strings more deeply than Python allows."""


class Literal(NamedTuple):
    """A piece of literal text of a template string. `doubled`: it ends in a doubled brace, of which the text has but one."""

    start: int
    end: int
    doubled: bool = False


class Spec(NamedTuple):
    """A format specification, from its colon up to the closing brace of its field."""

    start: int
    end: int
    parts: list[Part]


class Field(NamedTuple):
    """A replacement field. `stop` is where the text of the expression ends: at the `!`, the `:` or the closing brace."""

    start: int
    end: int
    stop: int
    tokens: list[Token]
    debug: bool
    conversion: str
    spec: Spec | None


Part: TypeAlias = Literal | Field


class Template(NamedTuple):
    """An f-string or t-string. `newer`: itself or one in its fields is a t-string."""

    kind: str
    raw: bool
    parts: list[Part]
    newer: bool


class Token(NamedTuple):
    """A token of code by its text (strings and line ends by the constants above) and its offsets."""

    text: str
    start: int
    end: int
    template: Template | None = None


def scan(text: str) -> list[Token]:
    """The tokens of a module whose line ends are newlines. Raises Unscannable."""
    if text.endswith("\\"):
        raise Unscannable("a line continuation at the end of the file")
    return _Scanner(text).code(0, in_field=False)[0]


def without_comments(text: str) -> str:
    """The text of a replacement field as 3.14 keeps it for `{x=}` and for t-strings."""
    return _STRING_OR_COMMENT.sub(lambda found: found[1] or "", text) if "#" in text else text


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.nested = 0

    def code(self, position: int, *, in_field: bool) -> tuple[list[Token], int]:
        """Tokens up to the end of the text; in a field up to the `!`, `:` or `}` that ends its expression, whose offset is given."""
        tokens: list[Token] = []
        open_brackets: list[str] = []
        while True:
            found = _TOKEN.match(self.text, position)
            assert found is not None  # every part of the pattern is optional
            group = found.lastindex
            if group is None:
                if in_field or open_brackets:
                    raise Unscannable("a bracket that is never closed")
                return tokens, position
            word = found[group]
            start, position = found.span(group)
            if group == _STRING_START:
                token = self.string(word, start, position)
                position = token.end
                tokens.append(token)
                continue
            if group == _LINE_END:
                if open_brackets or in_field:
                    continue
            elif group != _WORD:
                if word in _CLOSER:
                    open_brackets.append(_CLOSER[word])
                elif open_brackets:
                    if word in ")]}" and open_brackets.pop() != word:
                        raise Unscannable("a bracket closed by another kind of bracket")
                elif in_field and word in "}:!":
                    return tokens, start
                elif word in ")]}":
                    raise Unscannable("a bracket that was never opened")
            tokens.append(Token(word, start, position))

    def string(self, opening: str, start: int, position: int) -> Token:
        """The string whose prefix and opening quote are `opening`."""
        quote = opening.lstrip("rRbBuUfFtT")
        prefix = opening[: -len(quote)].lower()
        kind = prefix.replace("r", "")
        if kind not in ("f", "t"):
            found = _PLAIN_REST[quote].match(self.text, position)
            if found is None:
                raise Unscannable("a string that is never closed")
            return Token(STRING, start, found.end())
        self.nested += 1
        if self.nested > _MAX_NESTED_STRINGS:
            raise TooManyStrings("too many nested f-strings")
        parts, end = self.parts(position, quote, "r" in prefix)
        self.nested -= 1
        newer = kind == "t" or any(_newer(part) for part in parts)
        return Token(STRING, start, end, Template(kind, "r" in prefix, parts, newer))

    def parts(self, position: int, quote: str, raw: bool, spec_level: int = 0) -> tuple[list[Part], int]:
        """The parts up to the closing quote (offset behind it), or of a format specification up to its `}` (offset of it)."""
        text, run = self.text, _LITERAL_RUN[quote]
        parts: list[Part] = []
        doubled_braces = not spec_level
        piece = position
        while True:
            found = run.match(text, position)
            position = found.end() if found else position
            char, following = text[position : position + 1], text[position + 1 : position + 2]
            if char == "\\":
                if following in "{}" and following:
                    position += 1  # the brace keeps its meaning
                elif not raw and text.startswith("N{", position + 1):
                    position = self.after("}", position)
                else:
                    position += 2
            elif char == "{" and not (doubled_braces and following == "{"):
                if piece < position:
                    parts.append(Literal(piece, position))
                field, position = self.field(position, quote, raw, spec_level)
                parts.append(field)
                piece = position
                doubled_braces = True  # in a format specification too, once it has had a field: so does CPython
            elif (char in ("{", "}") and not spec_level and following == char) or (char == "{" and doubled_braces):
                position += 2
                parts.append(Literal(piece, position, doubled=True))
                piece = position
            elif (char in ("}", "\n") and spec_level) or (char == quote[0] and not spec_level):
                if piece < position:
                    parts.append(Literal(piece, position))
                return parts, position if spec_level else position + len(quote)
            else:
                raise Unscannable("a template string that is never closed, or a single `}` in it")

    def field(self, start: int, quote: str, raw: bool, spec_level: int) -> tuple[Field, int]:
        """The replacement field whose `{` is at `start`, and the offset behind its `}`."""
        if spec_level > _MAX_NESTED_SPECS:
            raise Unscannable("format specifications nested too deeply")
        tokens, stop = self.code(start + 1, in_field=True)
        debug = bool(tokens) and tokens[-1].text == "="
        if debug:
            tokens.pop()
        if not tokens:
            raise Unscannable("an empty replacement field")
        position, conversion, spec = stop, "", None
        if self.text[position] == "!":
            found = _CONVERSION.match(self.text, position)
            if found is None:
                raise Unscannable("an unknown conversion")
            position, conversion = found.end(), found[1]
        if self.text.startswith(":", position):
            colon = position
            parts, position = self.parts(colon + 1, quote, raw, spec_level + 1)
            spec = Spec(colon, position, parts)
            if self.text[position] == "\n":  # 3.12 let a line end follow the format specification of a short string
                position = _SPACE.match(self.text, position).end()  # type: ignore[union-attr]
        if not self.text.startswith("}", position):
            raise Unscannable("a replacement field that is never closed")
        return Field(start, position + 1, stop, tokens, debug, conversion, spec), position + 1

    def after(self, char: str, position: int) -> int:
        """The offset behind the next `char`."""
        found = self.text.find(char, position)
        if found < 0:
            raise Unscannable(f"{char} is missing")
        return found + 1


def _newer(part: Part) -> bool:
    if isinstance(part, Literal):
        return False
    if any(token.template is not None and token.template.newer for token in part.tokens):
        return True
    return part.spec is not None and any(_newer(inner) for inner in part.spec.parts)
