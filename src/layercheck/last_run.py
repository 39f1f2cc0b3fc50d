"""What an engine for one look takes over from the run before it, and what it leaves for the next one: between cache and project."""

from __future__ import annotations

import marshal
import os
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from layercheck.answers import UNKNOWN
from layercheck.cache import Cache, digest
from layercheck.groups import Group, unpacked
from layercheck.previous import BY_FILE, Previous
from layercheck.project import Project, StoredRows, moved, moved_folders
from layercheck.readsets import Merger, Piece, ReadSets
from layercheck.stored_graph import StoredGraph
from layercheck.tuples import NamedTuple

_FEW = 20
"""Changes that are more than so many files, and more than one file in so many, are looked at as if there had been no run before."""
_GROUP, _LAYER, _PAGES = "group ", "layer ", "pages "
"""How the names of the blobs begin: the nodes of a file; a layer of the graph, and its pages."""
_GROWTH = 3
"""By how much the graph may grow from run to run until one starts it anew."""
Exported = tuple[Any, ...] | None
"""The nodes that were made, with the answers of those that are questions (a `Piece`); None where they were made in this process."""


class State(NamedTuple):
    """What one run leaves for the next; the nodes lie in blobs."""

    digests: dict[str, bytes]
    """File -> the digest of its content; stored by themselves."""
    broken: bool
    """Whether some file could not be read."""
    names: list[str]
    paths: list[str]
    below: dict[int, tuple[int, ...]]
    """These as in `ReadSets`."""
    files: dict[str, int]
    """File -> the question for what is found in it (its node); stored as an array of the nodes, by path, 0 for none."""
    untrusted: list[int]
    """Questions whose kept answers may be others now."""
    layers: int
    """How many the graph has."""
    began: int
    """The number of nodes that the first of these has left, or the last one that has more than doubled it."""


class _DamagedError(Exception):
    """The cache lacks what the state refers to."""


def state_of(digests: dict[str, bytes]) -> bytes:
    """The digest of all files and their contents."""
    paths = sorted(digests)
    data = b"".join([digests[path] for path in paths])
    return digest("\0".join(paths).encode("utf-8", "surrogatepass") + b"\0" + data)


def unpacked_rows(packed: dict[str, bytes]) -> StoredRows:
    """The rows of a file, by type, as they were before they were packed for storing."""
    return {name: marshal.loads(rows) for name, rows in packed.items()}


class LastRun:
    """The run before this one, as far as the cache remembers it."""

    def __init__(self, cache: Cache, project: Project) -> None:
        """`project` is for one look and notes grounds."""
        self._cache = cache
        self._project = project
        self._state: State | None = None
        self._rows: dict[str, StoredRows | None] = {}
        self._previous: Previous | None = None
        self._damaged = False
        self._changed: frozenset[str] = frozenset()
        self._comparable = False
        """Whether the findings that the cache holds are of that run."""
        self._process = os.getpid()
        self._merger: Merger | None = None

    @property
    def known(self) -> bool:
        """Whether there was such a run, and few files have changed since."""
        return self._previous is not None

    def before(self, digests: dict[str, bytes]) -> None:
        """Fetch the last run's state, and the rows that files had then which differ from these; before new rows are stored."""
        if self._cache.state is None:
            return
        state = self._stored()
        then = state.digests
        differ = {path for path, found in digests.items() if then.get(path) != found} | (then.keys() - digests.keys())
        if len(differ) > max(_FEW, len(digests) // _FEW):
            return
        for path in differ:
            packed = self._packed_rows(path, state.digests)
            if packed is None and path in state.digests:
                return
            self._rows[path] = packed
        self._state = state

    def _stored(self) -> State:
        """The state as it was before it was stored."""
        broken, names, paths, below, nodes, *others = self._cache.state
        digests, numbers = self._cache.digests, array("I")
        numbers.frombytes(nodes)
        files = {path: node for path, node in zip(sorted(digests), numbers, strict=True) if node}
        return State(digests, broken, names, paths, below, files, *others)

    def _packed_rows(self, path: str, digests: dict[str, bytes]) -> StoredRows | None:
        blob = self._cache.rows(path, digests[path]) if path in digests else None
        return None if blob is None else unpacked_rows(marshal.loads(blob)[0])

    def take_over(self, digests: dict[str, bytes]) -> None:
        """Find out what the changes may have changed, now that the project is loaded."""
        if self._state is None:
            return
        try:
            self._read_graph(self._state)
            touched = [*self._state.untrusted, *self._touched(digests)]
            if self._damaged:
                raise _DamagedError
        except _DamagedError:
            self._project.readsets = ReadSets(self._project.readsets.together)
            self._damaged = False
            return
        self._changed = frozenset(self._rows)
        shown = self._cache.findings
        self._comparable = shown is not None and shown[0] == state_of(self._state.digests)
        self._previous = Previous(self._project, touched)

    def _read_graph(self, state: State) -> None:
        sets, graph = self._project.readsets, StoredGraph(self._cache.blob)
        for number in range(state.layers):
            spot, pages = self._cache.parts.get(f"{_LAYER}{number}"), self._cache.parts.get(f"{_PAGES}{number}")
            blob = None if spot is None else self._cache.blob(spot)
            if blob is None or pages is None:
                raise _DamagedError
            graph.add(marshal.loads(blob), pages[0])
        sets.follow(graph)
        sets.names, sets.paths, sets.below = set(state.names), state.paths, state.below
        sets.load = self._load

    def _load(self, path: str) -> Group | None:
        spot = self._cache.parts.get(_GROUP + path)
        if spot is None:
            return None
        blob = self._cache.blob(spot)
        if blob is None:
            self._damaged = True
            return None
        return unpacked(blob)

    def _touched(self, digests: dict[str, bytes]) -> list[int]:
        """The leaves that the changes have touched."""
        sets = self._project.readsets
        cells = [UNKNOWN]
        cells += [
            cell for path, rows in self._rows.items() for cell in moved(path, rows, self._packed_rows(path, digests))
        ]
        if self._state is not None and self._state.digests.keys() != digests.keys():
            cells += moved_folders(self._state.digests, digests)
        found = [sets.known_leaf(cell) for cell in dict.fromkeys(cells)]
        return [leaf for leaf in found if leaf]

    def shown_the_same(self, paths: Iterable[str], broken: bool) -> set[str]:
        """Those of the files of which what was shown the last time is what would be shown now. `broken`: whether some file cannot be read now."""
        state, previous = self._state, self._previous
        if previous is None or state is None or not self._comparable or state.broken != broken:
            return set()
        changed, nodes = self._changed, state.files
        found = {path for path in paths if path in nodes and path not in changed and previous.holds(nodes[path])}
        # A finding that points at a changed file has to be told anew: it may be elsewhere.
        findings = {} if self._cache.findings is None else self._cache.findings[1]
        found -= {p for p, those in findings.items() for one in those for step in one[-1] if step[0] in changed}
        return found

    def shown(self, path: str) -> Any:
        """What was shown of a file the last time, as it is stored."""
        return () if self._cache.findings is None else self._cache.findings[1].get(path, ())

    def gather_apart(self, forking: bool) -> None:
        """Get ready for checking file by file, in workers that are forked afterwards, or else here: what is left is given to `gather`, piece by piece."""
        self._project.readsets.telling = forking
        self._project.readsets.forget_fresh()
        self._merger = Merger(self._project.readsets)

    def export(self) -> Exported:
        """What there is to be left since the last time, from this process."""
        process = os.getpid()
        if process == self._process:
            self._project.readsets.forget_fresh()
            return None
        return tuple(self._project.readsets.piece(process))

    def gather(self, exported: Exported) -> None:
        """Take what a worker leaves."""
        if exported is not None and self._merger is not None:
            self._merger.add(Piece._make(exported))

    def leave(self, digests: dict[str, bytes], broken: bool) -> None:
        """Keep for the next run what this one has found out, about all files or some."""
        cache, sets, state = self._cache, self._project.readsets, self._state
        if self._previous is None:
            state = None
            cache.parts = {}
        # What more than doubles the graph are answers about files that were not asked for before.
        began = state.began if state is not None and len(sets) - sets.first < state.began else len(sets)
        if self._damaged or sets.earlier.damaged or len(sets) > _GROWTH * began:
            cache.store_state(None, {}, (), ())
            return
        layers = len(sets.earlier.layers)
        groups = {_GROUP + path: sets.groups[path] for path in sets.touched}
        nodes: dict[str, bytes] = {}
        if sets.first < len(sets):
            kept, layer, pages = sets.stored()
            nodes = {f"{_LAYER}{kept}": marshal.dumps(layer), f"{_PAGES}{kept}": pages}
            for number in range(kept + 1, layers):
                del cache.parts[f"{_LAYER}{number}"], cache.parts[f"{_PAGES}{number}"]
            layers = kept + 1
            if sets.earlier.damaged:
                cache.store_state(None, {}, (), ())
                return
        untrusted = [] if self._previous is None else self._previous.untrusted()
        files = {} if state is None else dict(state.files)
        for path in files.keys() - digests.keys():
            del files[path]
        files |= {path: node for path in sets.touched & digests.keys() if (node := sets.number(BY_FILE, path))}
        nodes_of = array("I", [files.get(path, 0) for path in sorted(digests)]).tobytes()
        left = (broken, sorted(sets.names), sets.paths, sets.below, nodes_of, untrusted, layers, began)
        keep = [name for name in cache.parts if name not in groups and name not in nodes]
        cache.store_state(left, dict(digests), _encoded(groups, nodes), keep)


def _encoded(groups: dict[str, Group], nodes: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The blobs of these groups, and those of what a run has added to the graph."""
    for name, group in groups.items():
        yield name, group.packed()
    yield from nodes.items()
