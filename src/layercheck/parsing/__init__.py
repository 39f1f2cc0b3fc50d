"""Bytes in, text out; text in, tree out: the same on every host interpreter.

`parse` asks the host's own parser first, which costs nothing more than `compile`. Only when that refuses is the text rewritten, in
place and without moving anything, into syntax that the host knows, and the tree put right afterwards (`downlevel`). So a file is
broken only when it is broken in every Python up to 3.14.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from layercheck.parsing.decoding import SourceDecodeError, decode

if TYPE_CHECKING:
    import ast

_ONLY_AST = 1024  # ast.PyCF_ONLY_AST, without importing ast
VERSION = sys.version_info[:2]


class TooDeep(SyntaxError):
    """Code that is nested more deeply than the interpreter can follow."""


def parse(text: str, filename: str = "<unknown>") -> ast.Module:
    """The syntax tree of a module.

    Positions are those of `text`. Raises SyntaxError (TooDeep for excessive nesting) with the host's own words when no Python
    understands it.
    """
    try:
        return host_parse(text, filename)
    except TooDeep:
        raise
    except SyntaxError as error:
        from layercheck.parsing.downlevel import parse_newer

        tree = parse_newer(text, filename, VERSION)
        if tree is None:
            raise error from None
        return tree


def host_parse(text: str, filename: str) -> ast.Module:
    """What the host's own parser says; its warnings (invalid escapes, `return` in `finally`) are not ours to show."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree: Any = compile(text, filename, "exec", _ONLY_AST, True)
        except ValueError as error:  # NUL bytes, on the hosts that say so this way
            raise SyntaxError(str(error)) from None
        except (RecursionError, MemoryError):
            raise TooDeep("nested too deeply to be parsed", (filename, 1, 1, None)) from None
    module: ast.Module = tree
    return module


__all__ = ["SourceDecodeError", "TooDeep", "decode", "host_parse", "parse"]
