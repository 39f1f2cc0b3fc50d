"""What an engine for one look takes over from the run before it, and what it leaves for the next one: between cache and project."""

from __future__ import annotations

import marshal
from typing import Any

from layercheck.cache import Cache, digest
from layercheck.previous import BY_FILE, Exported, Exporter, Leaving, Previous, State, whole_questions
from layercheck.project import Project, StoredRows

_FEW = 20
"""Changes that are more than so many files, and more than one file in so many, are looked at as if there had been no run before."""


def state_of(digests: dict[str, bytes]) -> bytes:
    """The digest of all files and their contents."""
    return digest(repr(sorted(digests.items())).encode("utf-8", "surrogatepass"))


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
        self._changed: frozenset[str] = frozenset()
        self._comparable = False
        """Whether the findings that the cache holds are of that run."""
        self._exporter: Exporter | None = None
        self._leaving: Leaving | None = None
        """What the workers of this run leave for the next one."""

    @property
    def known(self) -> bool:
        """Whether there was such a run, and few files have changed since."""
        return self._previous is not None

    def before(self, digests: dict[str, bytes]) -> None:
        """Fetch the last run's answers, and the rows that files had then which differ from these; before new rows are stored."""
        found = self._cache.answers()
        if found is None:
            return
        state = State._make(found)
        differ = {path for path, _ in state.digests.items() ^ digests.items()}
        if len(differ) > max(_FEW, len(digests) // _FEW):
            return
        for path in differ:
            packed = self._packed_rows(path, state.digests)
            if packed is None and path in state.digests:
                return
            self._rows[path] = packed
        self._state = state

    def _packed_rows(self, path: str, digests: dict[str, bytes]) -> StoredRows | None:
        blob = self._cache.rows(path, digests[path]) if path in digests else None
        return None if blob is None else unpacked_rows(marshal.loads(blob)[0])

    def take_over(self, digests: dict[str, bytes]) -> None:
        """Find out which of the answers still hold, now that the project is loaded."""
        if self._state is None:
            return
        touched = 0
        for path, rows in self._rows.items():
            touched |= self._project.touched(path, rows, self._packed_rows(path, digests))
        self._changed = frozenset(self._rows)
        shown = self._cache.findings
        self._comparable = shown is not None and shown[0] == state_of(self._state.digests)
        self._previous = Previous(self._state, self._project, touched)
        self._previous.settle()

    def shows_the_same(self, path: str, broken: bool) -> bool:
        """Whether what was shown of a file the last time is what would be shown now. `broken`: whether some file cannot be read now."""
        if self._previous is None or not self._comparable or self._previous.state.broken != broken:
            return False
        if path in self._changed or not self._previous.holds(BY_FILE, (path,)):
            return False
        return not any(step[0] in self._changed for finding in self.shown(path) for step in finding[-1])

    def shown(self, path: str) -> Any:
        """What was shown of a file the last time, as it is stored."""
        return () if self._cache.findings is None else self._cache.findings[1].get(path, ())

    def gather_apart(self) -> None:
        """Get ready for checking file by file, in workers that are forked afterwards or here: what is left is given to `gather`, piece by piece."""
        self._project.number(whole_questions())
        self._exporter, self._leaving = Exporter(self._project), Leaving()

    def forget(self) -> None:
        """The project has forgotten its answers."""
        if self._exporter is not None:
            self._exporter.forget()

    def export(self, path: str) -> Exported | None:
        """What a worker leaves after it has checked a file."""
        return None if self._exporter is None else self._exporter.new(path)

    def gather(self, exported: Exported | None) -> None:
        """Take what a worker leaves."""
        if exported is not None and self._leaving is not None:
            self._leaving.add(exported)

    def leave(self, paths: list[str], digests: dict[str, bytes], broken: bool) -> None:
        """Keep for the next run what this one has found out in these files, which are all there are."""
        leaving = self._leaving
        if leaving is None:
            leaving, exporter = Leaving(), Exporter(self._project)
            for path in paths:
                leaving.add(exporter.new(path))
        if self._previous is not None:
            self._previous.hand_on(leaving, set(paths))
        state = leaving.state(digests, broken, self._project.own_bits())
        if state is not None:
            self._cache.store_answers(tuple(state))
