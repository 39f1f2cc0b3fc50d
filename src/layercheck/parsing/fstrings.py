"""f-strings and t-strings that the host cannot parse: a plain string of the same shape holds their place, then they come back."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import TypeVar

from layercheck.parsing.scanner import Field, Token, scan

_Node = TypeVar("_Node", bound=ast.expr)


def placeholder(piece: str) -> str:
    """A string literal of exactly the same length, line ends and byte widths (columns count bytes)."""
    if (
        "\n" in piece[-3:]
    ):  # no room for three quotes behind the last line end: end there, and go on with an empty string
        last = piece.rindex("\n")
        return placeholder(piece[: last - 1]) + "\\\n" + placeholder(piece[last + 1 :])
    quote = '"""' if "\n" in piece else '"'
    inner = piece[len(quote) : -len(quote)]
    return quote + "".join(c if c == "\n" or c > "\x7f" else "x" for c in inner) + quote


class _Lines:
    """Offsets in the text to lines and byte columns, and back."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        for i, char in enumerate(text):
            if char == "\n":
                self.starts.append(i + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """(line, byte column) of an offset."""
        line = bisect_right(self.starts, offset)
        return line, len(self.text[self.starts[line - 1] : offset].encode())

    def offset(self, line: int, byte_column: int) -> int:
        """The offset of a line and byte column."""
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        row = self.text[start:end]
        return start + (byte_column if row.isascii() else len(row.encode()[:byte_column].decode(errors="ignore")))


def restore(tree: ast.Module, text: str, strings: list[Token], version: tuple[int, int]) -> bool:
    """Replace the constants that hold the place of f-strings by JoinedStr nodes; False when a field cannot be parsed."""
    lines = _Lines(text)
    starts = sorted(token.start for token in strings)
    swap = _Swap(lines, starts, {token.start: token for token in strings}, version)
    swap.visit(tree)
    return not swap.failed


class _Swap(ast.NodeTransformer):
    def __init__(self, lines: _Lines, starts: list[int], tokens: dict[int, Token], version: tuple[int, int]) -> None:
        self.lines = lines
        self.starts = starts
        self.tokens = tokens
        self.version = version
        self.failed = False

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """A constant that covers one of the placeholders is an f-string, perhaps with other strings joined to it."""
        if not isinstance(node.value, str) or node.end_lineno is None or node.end_col_offset is None:
            return node
        start = self.lines.offset(node.lineno, node.col_offset)
        end = self.lines.offset(node.end_lineno, node.end_col_offset)
        first = bisect_right(self.starts, start - 1)
        if first >= len(self.starts) or self.starts[first] >= end:
            return node
        values: list[ast.expr] = []
        for token in scan(self.lines.text, start, end):
            if token.kind == "fstring":
                values.extend(self._values(token.parts, token))
            elif token.kind == "string":
                values.append(self._constant(_evaluate(self.lines.text[token.start : token.end]), token))
        joined = ast.JoinedStr(_merged(values))
        return ast.copy_location(joined, node)

    def _values(self, parts: tuple[str | Field, ...], token: Token) -> list[ast.expr]:
        out: list[ast.expr] = []
        for part in parts:
            if isinstance(part, str):
                out.append(self._constant(part if "r" in token.prefix else _unescape(part), token))
                continue
            if part.debug:
                out.append(self._constant(part.debug, token))
            value = self._expression(part.start, part.end)
            if value is None:
                self.failed = True
                continue
            conversion = (
                ord(part.conversion) if part.conversion else ord("r") if part.debug and part.spec is None else -1
            )
            spec = None
            if part.spec is not None:
                spec = self._located(ast.JoinedStr(_merged(self._values(part.spec, token))), token.start, token.end)
            out.append(self._located(ast.FormattedValue(value, conversion, spec), part.start - 1, part.end + 1))
        return out

    def _expression(self, start: int, end: int) -> ast.expr | None:
        from layercheck.parsing.downlevel import parse_expression

        value = parse_expression(f"({self.lines.text[start:end]}\n)", self.version)
        if value is None:
            return None
        line, column = self.lines.place(start)
        for node in ast.walk(value):
            if isinstance(node, ast.expr | ast.keyword | ast.arg):
                if node.lineno == 1:
                    node.col_offset += column - 1
                if node.end_lineno == 1 and node.end_col_offset is not None:
                    node.end_col_offset += column - 1
                node.lineno += line - 1
                if node.end_lineno is not None:
                    node.end_lineno += line - 1
        return value

    def _constant(self, value: str, token: Token) -> ast.Constant:
        return self._located(ast.Constant(value), token.start, token.end)

    def _located(self, node: _Node, start: int, end: int) -> _Node:
        node.lineno, node.col_offset = self.lines.place(start)
        node.end_lineno, node.end_col_offset = self.lines.place(end)
        return node


def _merged(values: list[ast.expr]) -> list[ast.expr]:
    """Neighbouring constants as one, empty ones dropped, as the parser gives them."""
    out: list[ast.expr] = []
    for value in values:
        if isinstance(value, ast.Constant):
            if not value.value:
                continue
            if out and isinstance(out[-1], ast.Constant):
                out[-1].value = str(out[-1].value) + str(value.value)
                continue
        out.append(value)
    return out


_ESCAPE = re.compile(
    r"""\\(?:\n|[abfnrtv\\'"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\}|[0-7]{1,3})"""
)


def _unescape(text: str) -> str:
    """The value of literal text with escapes; what is no escape stands as it is."""
    return _ESCAPE.sub(lambda found: _evaluate(f'"{found[0]}"'), text) if "\\" in text else text


def _evaluate(literal: str) -> str:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = ast.literal_eval(literal)
        except (SyntaxError, ValueError):
            return literal
    return value if isinstance(value, str) else literal
