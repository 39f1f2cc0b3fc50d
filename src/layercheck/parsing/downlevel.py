"""What happens when the host's parser refuses a file: newer syntax is rewritten to older, parsed again, and the tree put right.

Read on: `scanner` finds the tokens, `exceptions`, `generics` and `templates` say what to edit for a target version, `plan` and
`draft` write the new text and remember where everything came from, `patching` turns the tree of the new text into the tree of the
original.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from layercheck.parsing import TooDeep, exceptions, generics, host_parse, templates
from layercheck.parsing.draft import Draft, Edit, Source
from layercheck.parsing.patching import patch
from layercheck.parsing.plan import Plan
from layercheck.parsing.scanner import Token, TooManyStrings, Unscannable, scan

Version: TypeAlias = tuple[int, int]

_OLDEST: Version = (3, 11)


def recover(text: str, filename: str, error: SyntaxError, version: Version) -> Any:
    """The tree of a text that a host of this version refused with this error.

    Rewrites what is newer than the host; failing that, everything that is newer than 3.11: some early releases had faults in their
    f-strings, and 3.11 allowed a bare generator in them. Raises SyntaxError, with places in the original, when no rewrite helps.
    """
    if "\0" in text:
        raise _error("source code cannot contain null bytes", filename, text, text.index("\0"))
    normal = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if normal != text and text.startswith("\ufeff"):
        try:
            return host_parse(normal, filename)
        except TooDeep:
            raise
        except SyntaxError as second:
            error = second
    try:
        tokens = scan(normal)
    except (TooManyStrings, RecursionError) as deep:
        raise TooDeep(str(deep), (filename, error.lineno, error.offset, error.text)) from None
    except Unscannable:
        raise error from None
    source = Source(normal)
    first: SyntaxError | None = None
    for target in dict.fromkeys((version, _OLDEST)):
        try:
            tree = rewritten(source, tokens, filename, target)
        except TooDeep:
            raise
        except SyntaxError as broken:
            first = first or broken
        else:
            if tree is not None:
                return tree
    raise first or error


def rewritten(source: Source, tokens: list[Token], filename: str, target: Version) -> Any:
    """The tree of the text with everything rewritten that is newer than the target; None when nothing is.

    Raises SyntaxError, with places in the source, when the result is no Python either.
    """
    plan = Plan(source, target)
    edits = list(generics.edits_of(tokens, plan)) if target < (3, 13) else []
    if target < (3, 14):
        edits += templates.edits_of(_outside(tokens, edits), plan)
        edits += exceptions.edits_of(tokens)
    if not edits:
        return None
    edits.sort(key=lambda edit: (edit.start, edit.end))
    draft = plan.write(edits)
    try:
        tree = host_parse(draft.text, filename)
    except SyntaxError as error:
        raise _in_source(error, draft, source) from None
    patch(tree, draft, plan)
    return tree


def _outside(tokens: list[Token], edits: list[Edit]) -> list[Token]:
    """The tokens that these edits leave in the module."""
    removed = {edit.start: edit.end for edit in edits if edit.end > edit.start}
    if not removed:
        return tokens
    kept: list[Token] = []
    end = 0
    for token in tokens:
        end = removed.get(token.start, end)
        if token.start >= end:
            kept.append(token)
    return kept


def _in_source(error: SyntaxError, draft: Draft, source: Source) -> SyntaxError:
    """The error with its places led back to the source."""
    line = error.lineno or 1
    text = draft.text.split("\n")
    before = text[line - 1][: max((error.offset or 1) - 1, 0)] if line <= len(text) else ""
    line, column = draft.start(line, len(before.encode("utf-8", "surrogatepass")))
    rows = source.text.split("\n")
    row = rows[line - 1] if line <= len(rows) else ""
    offset = len(row.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace")) + 1
    return type(error)(error.msg, (error.filename, line, offset, row))


def _error(message: str, filename: str, text: str, position: int) -> SyntaxError:
    line = text.count("\n", 0, position) + 1
    start = text.rfind("\n", 0, position) + 1
    return SyntaxError(message, (filename, line, position - start + 1, None))
