"""Bytes to text, text to tree: the same on every supported interpreter.

`parse` asks the host's own parser: one call of `compile`, and nothing else is imported. Only when that refuses a file does
`downlevel` come in, which rewrites newer syntax for the host and puts the tree right afterwards. So a file is broken only when it
is broken in every Python 3 up to 3.14, and every position is that of the original text.
"""

from __future__ import annotations

import _warnings
import sys

from layercheck.parsing.decoding import SourceDecodeError, char_column, decode

TYPE_CHECKING = False  # what `typing` has, whose import costs as much as parsing a file or two
if TYPE_CHECKING:
    import ast
    from typing import Any

_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without importing ast
_NAME = "<layercheck>"
"""The file name that the host's parser is told: warnings about the analysed code carry it, and are thereby known from others."""
_IGNORED = ("ignore", None, Warning, _NAME, 0)


class TooDeep(SyntaxError):
    """Code that is nested more deeply than the interpreter can follow: not known to be broken, but nobody can say more of it."""


def parse(text: str, filename: str = "<unknown>") -> ast.Module:
    """The syntax tree of a module, with the positions of `text`: lines from 1, columns in UTF-8 bytes from 0, as in `ast`.

    Raises SyntaxError when the text is no Python 3 of any version up to 3.14, TooDeep (a SyntaxError) when it is nested too deeply
    to tell. A tree that the host's parser alone does not give has an attribute `recovered`. Where the host's `ast` lacks a node class: see `layercheck.parsing.nodes`, and README.md of this package.
    """
    try:
        return host_parse(text, filename)
    except TooDeep:
        raise
    except SyntaxError as error:
        from layercheck.parsing.downlevel import recover

        tree: ast.Module = recover(text, filename, error, sys.version_info[:2])
        tree.recovered = True  # type: ignore[attr-defined]
        return tree


def host_parse(text: str, filename: str) -> ast.Module:
    """What the host's own parser makes of the text: `parse` without the rewriting. Says nothing on stderr."""
    filters = getattr(sys.modules.get("warnings"), "filters", _warnings.filters)
    if not filters or filters[0] is not _IGNORED:
        _silence(filters)
    try:
        tree: Any = compile(text, _NAME, "exec", _ONLY_AST, True)
    except SyntaxError as error:
        error.filename = filename
        if error.msg.startswith("too many "):  # nested parentheses, levels of indentation, nested f-strings
            raise TooDeep(error.msg, (filename, error.lineno, error.offset, error.text)) from None
        raise
    except (MemoryError, RecursionError):
        raise TooDeep("nested too deeply to be parsed", (filename, 1, 1, None)) from None
    except (ValueError, SystemError) as error:  # NUL bytes and lone surrogates; faults of early releases
        raise SyntaxError(str(error), (filename, 1, 1, None)) from None
    return tree  # type: ignore[no-any-return]


def _silence(filters: list[Any]) -> None:
    """Put our filter before all others. It concerns only what is compiled under our own name, so nobody can notice it, and unlike
    `warnings.catch_warnings` it takes nothing away from another thread. A filter whose module is a plain string must match
    exactly; so do the interpreter's own default filters.
    """
    while _IGNORED in filters:
        filters.remove(_IGNORED)
    filters.insert(0, _IGNORED)


__all__ = ["SourceDecodeError", "TooDeep", "char_column", "decode", "host_parse", "parse"]
