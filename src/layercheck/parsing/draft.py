"""A text rewritten from another, that knows where each of its characters came from.

DESIGN. The rewritten text is made of copies of the source and of words of our own. It has two parts. The module comes first, line
for line like the source. Then come the *pieces*: copies of what the rewrite took out of the module and which must be parsed all
the same (the expressions of replacement fields, the bounds of type parameters), each as one more statement at the end. So one call
of `compile` parses everything, and one table leads every position of the tree back to the source. Positions are those of `ast`:
lines from 1, columns in UTF-8 bytes from 0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import TypeAlias

from layercheck.tuples import NamedTuple

Place: TypeAlias = tuple[int, int]
"""Line and column."""


class Edit(NamedTuple):
    """Replace a part of the source by words of our own; `solid`: which begin and end where that part begins and ends."""

    start: int
    end: int
    text: str
    solid: bool = False


class _Span(NamedTuple):
    """Columns of a line of the draft that come from one line of the source."""

    start: int
    end: int
    line: int
    column: int


_SPAN_START, _SPAN_END = attrgetter("start"), attrgetter("end")


class Source:
    """The original text (line ends are newlines) and its places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ascii = text.isascii()
        self.lines = [0]
        position = text.find("\n")
        while position >= 0:
            self.lines.append(position + 1)
            position = text.find("\n", position + 1)

    def place(self, offset: int) -> Place:
        """Line and column of an offset."""
        line = bisect_right(self.lines, offset)
        return line, self.width(self.lines[line - 1], offset)

    def width(self, start: int, end: int) -> int:
        """Bytes of a part of the source."""
        return end - start if self.ascii else len(self.text[start:end].encode("utf-8", "surrogatepass"))


class Draft:
    """The rewritten text while it grows, and the way back."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._parts: list[str] = []
        self._line, self._column = 1, 0
        self._spans: dict[int, list[_Span]] = {}

    @property
    def text(self) -> str:
        """What has been written."""
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Write words that have no place in the source."""
        self._parts.append(text)
        lines = text.count("\n")
        if lines:
            self._line += lines
            self._column = 0
        self._column += len(text) - text.rfind("\n") - 1

    def copy(self, start: int, end: int, edits: Iterable[Edit] = ()) -> None:
        """Write a part of the source, with edits in it (in order, none within another)."""
        for edit in edits:
            self._copy(start, edit.start)
            if edit.solid:
                self.hold(edit.text, edit.start, edit.end)
            else:
                self.add(edit.text)
            start = edit.end
        self._copy(start, end)

    def hold(self, text: str, start: int, end: int) -> None:
        """Write words that hold the place of a part of the source: their first and last character are where it begins and ends."""
        line, column = self.source.place(start)
        self._span(1, line, column)
        self.add(text)
        self._column -= 1
        line, column = self.source.place(end)
        self._span(1, line, column - 1)
        self._column += 1

    def _copy(self, start: int, end: int) -> None:
        if start >= end:
            return
        source = self.source
        self._parts.append(source.text[start:end])
        first, column = source.place(start)
        last = bisect_right(source.lines, end - 1)
        for line in range(first, last + 1):
            stop = min(end, source.lines[line] - 1) if line < len(source.lines) else end
            width = source.width(start, stop)
            # lines copied whole into their own place need no way back
            if self._line != line or line in (first, last):
                self._span(width, line, column)
            self._column += width
            if stop == end:
                return
            self._line += 1
            self._column = column = 0
            start = stop + 1

    def _span(self, width: int, line: int, column: int) -> None:
        self._spans.setdefault(self._line, []).append(_Span(self._column, self._column + width, line, column))

    # ------------------------------------------------------------------------------------------------ the way back

    def moved(self, line: int) -> bool:
        """Whether positions on a line of the draft may differ from those in the source."""
        return line in self._spans

    def start(self, line: int, column: int) -> Place:
        """Where in the source something begins that begins here. In words of ours: where the source goes on."""
        spans = self._spans.get(line)
        if spans is None:
            return line, column
        index = bisect_right(spans, column, key=_SPAN_END)
        if index < len(spans):
            span = spans[index]
            return span.line, span.column + max(column - span.start, 0)
        return spans[-1].line, spans[-1].column + spans[-1].end - spans[-1].start

    def end(self, line: int, column: int) -> Place:
        """Where in the source something ends that ends here. In words of ours: where the source broke off."""
        spans = self._spans.get(line)
        if spans is None:
            return line, column
        index = bisect_left(spans, column, key=_SPAN_START) - 1
        if index >= 0:
            span = spans[index]
            return span.line, span.column + min(column, span.end) - span.start
        return spans[0].line, spans[0].column
