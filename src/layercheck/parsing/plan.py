"""What a rewrite of a file is made of, and the pieces that it takes out of the module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from layercheck.parsing.draft import Draft, Edit, Place, Source
from layercheck.parsing.scanner import Token
from layercheck.patterns import pattern
from layercheck.tuples import NamedTuple

if TYPE_CHECKING:
    from layercheck.parsing.generics import Declaration
    from layercheck.parsing.templates import Group

_ESCAPED_OR_QUOTE = pattern(r'\\.|"', re.DOTALL)


class Piece(NamedTuple):
    """One more statement behind the module: a part of the source, or words of our own that hold its place."""

    start: int
    end: int
    tokens: Sequence[Token] = ()
    text: str = ""
    element: bool = False
    """Whether it is parsed as the only element of a tuple: there a starred expression is one, and a generator is none."""


class Plan:
    """The edits of the module, the pieces, and what must become of the nodes that the edits leave behind."""

    def __init__(self, source: Source, target: tuple[int, int]) -> None:
        self.source = source
        self.target = target
        self.pieces: list[Piece] = []
        self.groups: dict[Place, Group] = {}
        """Where a group of adjacent strings begins -> what it was."""
        self.declarations: dict[Place, Declaration] = {}
        """Where a definition with type parameters or a `type` statement begins -> what it was."""

    def expression(self, tokens: Sequence[Token], *, element: bool = False) -> int:
        """The number of the piece that these tokens will be."""
        self.pieces.append(Piece(tokens[0].start, tokens[-1].end, tokens, "", element))
        return len(self.pieces) - 1

    def literal(self, start: int, end: int) -> int:
        """The number of the piece whose value is that of this part of the source in a string that is not raw."""
        text = self.source.text[start:end]
        escaped = _ESCAPED_OR_QUOTE.sub(lambda found: '\\"' if found[0] == '"' else found[0], text)
        backslashes = len(text) - len(text.rstrip("\\"))
        self.pieces.append(Piece(start, end, text='"""' + escaped + "\\" * (backslashes % 2) + '"""'))
        return len(self.pieces) - 1

    def write(self, edits: Sequence[Edit]) -> Draft:
        """The module with these edits (in order), then the pieces; those may have f-strings of their own and add to the pieces."""
        from layercheck.parsing.templates import edits_of

        draft = Draft(self.source)
        draft.copy(0, len(self.source.text), edits)
        index = 0
        while index < len(self.pieces):
            piece = self.pieces[index]
            draft.add("\n(")
            if piece.text:
                draft.hold(piece.text, piece.start, piece.end)
            else:
                draft.copy(piece.start, piece.end, edits_of(piece.tokens, self))
            draft.add(",)" if piece.element else ")")
            index += 1
        draft.add("\n")
        return draft
