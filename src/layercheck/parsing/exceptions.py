"""`except A, B:` without parentheses (PEP 758, Python 3.14): parentheses are put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layercheck.parsing.draft import Edit
from layercheck.parsing.scanner import NEWLINE, Token


def edits_of(tokens: Sequence[Token]) -> Iterator[Edit]:
    """The parentheses that older Pythons need, in `except` and `except*` clauses."""
    for index, token in enumerate(tokens):
        if token.text == "except":
            first = index + 1
            if first < len(tokens) and tokens[first].text == "*":
                first += 1
            last = _last_of_list(tokens, first)
            if last is not None:
                yield Edit(tokens[first].start, tokens[first].start, "(")
                yield Edit(tokens[last].end, tokens[last].end, ")")


def _last_of_list(tokens: Sequence[Token], first: int) -> int | None:
    """The last token of the list of types that begins at `first`; None when it is one expression, or no list that 3.14 allows."""
    depth = lambdas = 0
    commas = False
    for index in range(first, len(tokens)):
        word = tokens[index].text
        if word in ("(", "[", "{"):
            depth += 1
        elif word in (")", "]", "}"):
            depth -= 1
        elif depth:
            continue
        elif word == "lambda":
            lambdas += 1
        elif word == ":":
            if not lambdas:
                return index - 1 if commas and index > first else None
            lambdas -= 1
        elif word == "," and not lambdas:
            commas = True
        elif word in ("as", "yield", NEWLINE) or (
            word == "*" and (index == first or tokens[index - 1].text == ",") and not lambdas
        ):
            return None
    return None
