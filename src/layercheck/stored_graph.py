"""The graph of what answers stand on, as earlier runs have left it: looked up page by page, down and up.

DESIGN: a change reaches a few hundred of a hundred thousand nodes, so a run that reads the whole graph to find them takes as long as the
project is big. Each run leaves a *layer*: its nodes, which have numbers in a row, with two tables. One says what each node stands on; the
other is its reverse, what of this layer stands on a node (of this layer or an earlier one), with the group of the node where it is a
question. A table is rows of numbers, sorted by key, cut into pages with a check sum each: a look reads some kilobytes. Later layers are
small, and are joined while they are, so that there are never many.

Every node has a *rank* above those of what it stands on: in the first layer it follows from the number. A question that was asked again
stands on other nodes than it did (`ReadSets.below`), some of which may have a higher rank; whoever goes by ranks must look after those.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from layercheck.blobs import Spot, check_sum

_ROWS = 128
"""Rows in a page."""
_STEP = 1024
"""How far apart the ranks of the nodes in the first layer are: between them there is room for nodes of later runs."""
_JOINED = 2
"""A new layer is joined with the one before it unless that is larger by this factor, so a node is written again a few times at most."""
_Read = Callable[[Spot], bytes | None]
Index = tuple[bytes, bytes, bytes]
"""Of each page of a table the first key, where it ends, and its check sum."""
Layer = tuple[int, int, bytes, int, Index, Index]
"""(number of the first node, how many there are, their ranks unless they follow from the numbers, where the second table begins, the index of
the first table, and of the second)"""


def packed_table(keys: array[int], ends: Sequence[int], values: array[int]) -> tuple[Index, bytes]:
    """Rows as a table: those of `keys`, which are sorted; each is the part of `values` that ends there."""
    pages, firsts, stops, checks = [], array("I"), array("I"), array("I")
    start = length = 0
    for at in range(0, len(keys), _ROWS):
        part = keys[at : at + _ROWS]
        last = ends[at + len(part) - 1]
        shift = 1 + 2 * len(part) - start
        page = array("I", [len(part)]) + part + array("I", [end + shift for end in ends[at : at + len(part)]])
        data = (page + values[start:last]).tobytes()
        start, length = last, length + len(data)
        pages.append(data)
        firsts.append(part[0])
        stops.append(length)
        checks.append(check_sum(data))
    return (firsts.tobytes(), stops.tobytes(), checks.tobytes()), b"".join(pages)


def _numbers(data: bytes) -> array[int]:
    found = array("I")
    found.frombytes(data)
    return found


class _Table:
    """Rows of numbers by their keys, in pages that are read on need."""

    def __init__(self, index: Index, offset: int, read: _Read) -> None:
        self._firsts, self._stops, self._checks = map(_numbers, index)
        self._offset = offset
        self._read = read
        self._pages: dict[int, array[int]] = {}

    def row(self, key: int) -> array[int] | None:
        number = bisect_right(self._firsts, key) - 1
        if number < 0:
            return None
        page = self._page(number)
        size = page[0]
        at = bisect_left(page, key, 1, size + 1)
        if at > size or page[at] != key:
            return None
        at += size
        return page[2 * size + 1 if at == size + 1 else page[at - 1] : page[at]]

    def _page(self, number: int) -> array[int]:
        found = self._pages.get(number)
        if found is None:
            start = self._stops[number - 1] if number else 0
            data = self._read((self._offset + start, self._stops[number] - start, self._checks[number]))
            found = self._pages[number] = _numbers(data) if data else array("I", [0])
        return found


class StoredGraph:
    """The layers of earlier runs, in order. A page that is damaged has no rows, and the graph says that it is `damaged`."""

    def __init__(self, read: _Read = lambda spot: None) -> None:
        """`read` reads a part of the cache; None where that is damaged."""
        self._read = read
        self.damaged = False
        self.next = 1
        """The number that the next node will have."""
        self.layers: list[tuple[int, int]] = []
        """(number of the first node, how many there are) of each."""
        self._down: list[_Table] = []
        self._up: list[_Table] = []
        self._ranks = array("Q")
        """Those of the nodes behind the first layer."""

    def add(self, layer: Layer, offset: int) -> None:
        """Add the layer that comes next, whose pages are found from `offset` on."""
        first, size, ranks, second, down, up = layer
        self.layers.append((first, size))
        self._down.append(_Table(down, offset, self._page))
        self._up.append(_Table(up, offset + second, self._page))
        self._ranks.frombytes(ranks)
        self.next = first + size

    def _page(self, spot: Spot) -> bytes | None:
        found = self._read(spot)
        if found is None:
            self.damaged = True
        return found

    def rank(self, node: int) -> int:
        """A number above those of all nodes that a node stood on when it was made."""
        later = node - self.layers[0][0] - self.layers[0][1]
        return node * _STEP if later < 0 else self._ranks[later]

    def below(self, node: int) -> Sequence[int]:
        """What a node stood on when it was made."""
        return self._down[self._layer_of(node)].row(node) or ()

    def above(self, node: int) -> list[int]:
        """What stood on a node when it was made."""
        found: list[int] = []
        for table in self._up[self._layer_of(node) :]:
            row = table.row(node)
            if row is not None:
                found.extend(row[1:])
        return found

    def owner(self, node: int) -> int:
        """The number of the group of a question; 0 for any other node."""
        row = self._up[self._layer_of(node)].row(node)
        return 0 if row is None else row[0]

    def _layer_of(self, node: int) -> int:
        number = len(self.layers) - 1
        while number and self.layers[number][0] > node:
            number -= 1
        return number

    def joined(self, size: int) -> int:
        """How many of the layers stay when so many nodes are added: what comes behind these is to be stored anew, with the new ones."""
        kept = len(self.layers)
        while kept > 1 and self.layers[kept - 1][1] <= _JOINED * size:
            kept -= 1
            size += self.layers[kept][1]
        return kept


def packed_layer(
    earlier: StoredGraph, first: int, ends: array[int], children: array[int], owners: array[int]
) -> tuple[Layer, bytes]:
    """Nodes as a layer, and its pages: those with numbers from `first` on, where the children of each end, and the numbers of their groups.
    `earlier` has the layers before it, and possibly those that this one replaces."""
    size = len(ends)
    down, pages = packed_table(array("I", range(first, first + size)), ends, children)
    up, more = packed_table(*_reversed(first, ends, children, owners))
    ranks = b"" if first == 1 else _ranks(earlier, first, ends, children)
    return (first, size, ranks, len(pages), down, up), pages + more


def _reversed(
    first: int, ends: array[int], children: array[int], owners: array[int]
) -> tuple[array[int], array[int], array[int]]:
    """The second table of a layer, as `packed_table` takes it. Sorted by counting, in flat arrays: a first run has millions of entries."""
    place: Any = array("I", bytes(4 * (first + len(ends)))) if first == 1 else defaultdict(int)
    """Node -> how many stand on it; then where the next of them is put. A later layer has few nodes, with numbers far apart."""
    for child in children:
        place[child] += 1
    keys, stops, groups = array("I"), array("I"), array("I")
    stop = 0
    questions = [node for node, owner in enumerate(owners, first) if owner]
    for node in range(1, first + len(ends)) if first == 1 else sorted({*children, *questions}):
        owner = owners[node - first] if node >= first else 0
        if owner or place[node]:
            stop, place[node] = stop + 1 + place[node], stop + 1
            keys.append(node)
            groups.append(owner)
            stops.append(stop)
    parents = array("I", bytes(4 * stop))
    for node, owner in zip(keys, groups, strict=True):
        parents[place[node] - 1] = owner
    start = 0
    for node, end in enumerate(ends, first):
        for child in children[start:end]:
            at = place[child]
            parents[at] = node
            place[child] = at + 1
        start = end
    return keys, stops, parents


def _ranks(earlier: StoredGraph, first: int, ends: array[int], children: array[int]) -> bytes:
    found, start = array("Q"), 0
    for end in ends:
        below = [found[c - first] if c >= first else earlier.rank(c) for c in children[start:end]]
        found.append(1 + max(below, default=0))
        start = end
    return found.tobytes()
