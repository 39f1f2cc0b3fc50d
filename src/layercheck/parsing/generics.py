"""Type parameters (PEP 695, Python 3.12) with defaults (PEP 696, 3.13) and `type` statements (PEP 695).

Parameter lists are taken out; `type X = value` becomes the annotated assignment `type: X = value`, which moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from keyword import iskeyword

from layercheck.parsing.draft import Edit
from layercheck.parsing.plan import Plan
from layercheck.parsing.scanner import NEWLINE, Token
from layercheck.tuples import NamedTuple

_KINDS = {"": "TypeVar", "*": "TypeVarTuple", "**": "ParamSpec"}


class Parameter(NamedTuple):
    """A type parameter: the name of its node class, its offsets, and the pieces of bound and default."""

    kind: str
    name: str
    start: int
    end: int
    bound: int | None
    default: int | None


class Declaration(NamedTuple):
    """What was taken from a definition or `type` statement. `alias`: a `type` statement that became an annotated assignment."""

    parameters: list[Parameter]
    alias: bool = False


class _Unwanted(Exception):
    """No parameter list of any Python."""


def edits_of(tokens: Sequence[Token], plan: Plan) -> Iterator[Edit]:
    """What older Pythons need. Notes the declarations in the plan.

    A target of 3.12 knows all but the defaults, so only lists with defaults are rewritten for it.
    """
    for index, token in enumerate(tokens):
        if token.text == "type":
            if _begins_statement(tokens, index):
                yield from _alias(tokens, index, plan)
        elif token.text in ("def", "class") and index + 2 < len(tokens) and tokens[index + 2].text == "[":
            begin = tokens[index - 1] if index and tokens[index - 1].text == "async" else token
            try:
                parameters, close = _parameters(tokens, index + 2, plan)
            except _Unwanted:
                continue
            if plan.target < (3, 12) or any(p.default is not None for p in parameters):
                yield _without_list(tokens[index + 2], tokens[close], plan)
                plan.declarations[plan.source.place(begin.start)] = Declaration(parameters)


def _alias(tokens: Sequence[Token], index: int, plan: Plan) -> Iterator[Edit]:
    if index + 3 >= len(tokens):
        return
    name, after = tokens[index + 1], index + 2
    if not name.text.isidentifier() or iskeyword(name.text):
        return
    parameters: list[Parameter] = []
    if tokens[after].text == "[":
        try:
            parameters, after = _parameters(tokens, after, plan)
        except _Unwanted:
            return
        after += 1
    if after + 1 >= len(tokens) or tokens[after].text != "=" or not _is_expression(tokens, after + 1):
        return
    old = plan.target < (3, 12)
    if not old and all(p.default is None for p in parameters):
        return
    if old:
        yield Edit(tokens[index].end, tokens[index].end, ":")
    if parameters:
        yield _without_list(tokens[index + 2], tokens[after - 1], plan)
    plan.declarations[plan.source.place(tokens[index].start)] = Declaration(parameters, alias=old)


def _begins_statement(tokens: Sequence[Token], index: int) -> bool:
    """Whether a statement can begin here; in brackets a line end is no token, and what follows a colon is no name and `=`."""
    return index == 0 or tokens[index - 1].text in (NEWLINE, ";", ":")


def _is_expression(tokens: Sequence[Token], first: int) -> bool:
    """Whether what begins here up to the end of the statement can be one expression: not starred, no bare tuple or `yield`."""
    depth = lambdas = 0
    if tokens[first].text in ("*", "yield"):
        return False
    for token in tokens[first:]:
        word = token.text
        if word in ("(", "[", "{"):
            depth += 1
        elif word in (")", "]", "}"):
            depth -= 1
        elif depth:
            continue
        elif word in (NEWLINE, ";"):
            break
        elif word == "lambda":
            lambdas += 1
        elif word == ":":
            lambdas -= 1
        elif word == "," and not lambdas:
            return False
    return True


def _without_list(opening: Token, closing: Token, plan: Plan) -> Edit:
    """Takes out a parameter list; its line ends stay, as continuations."""
    lines = plan.source.text.count("\n", opening.start, closing.end)
    return Edit(opening.start, closing.end, "\\\n" * lines or " ")


def _parameters(tokens: Sequence[Token], opening: int, plan: Plan) -> tuple[list[Parameter], int]:
    """The parameters of the list whose `[` is token `opening`, and the number of its `]`."""
    parameters: list[Parameter] = []
    index = opening + 1
    while tokens[index].text != "]":
        start = tokens[index]
        stars = start.text if start.text in ("*", "**") else ""
        index += bool(stars)
        name = tokens[index]
        if not name.text.isidentifier() or iskeyword(name.text):
            raise _Unwanted
        index += 1
        bound = default = None
        if tokens[index].text == ":" and not stars:
            bound, index = _expression(tokens, index + 1, plan)
        if tokens[index].text == "=":
            default, index = _expression(tokens, index + 1, plan, starred=stars == "*")
        parameters.append(Parameter(_KINDS[stars], name.text, start.start, tokens[index - 1].end, bound, default))
        if tokens[index].text == ",":
            index += 1
        elif tokens[index].text != "]":
            raise _Unwanted
    if not parameters:
        raise _Unwanted
    return parameters, index


def _expression(tokens: Sequence[Token], first: int, plan: Plan, *, starred: bool = False) -> tuple[int, int]:
    """The piece for the bound or default that begins at token `first`, and the number of the token behind it."""
    depth = lambdas = 0
    index = first
    while True:
        word = tokens[index].text
        if word in ("(", "[", "{"):
            depth += 1
        elif depth:
            depth -= word in (")", "]", "}")
        elif word == "]" or (word in (",", "=") and not lambdas):
            break
        elif word == "lambda":
            lambdas += 1
        elif word == ":":
            lambdas -= 1
            if lambdas < 0:
                raise _Unwanted
        index += 1
    if index == first or tokens[first].text == "yield" or (tokens[first].text == "*" and not starred):
        raise _Unwanted
    return plan.expression(tokens[first:index], element=True), index
