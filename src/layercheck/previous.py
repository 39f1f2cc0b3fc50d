"""What the last run found out and the next one need not: its answers, each with the parts of the project that it stands on.

DESIGN: keeping every answer would take longer than most answers take. Three sorts are kept: those to questions about the whole
project (there are some sixty, and nearly everything stands on them), what these read, and by file and by body the findings and
what is dear (`KEPT`). Each
has its ground (`Answers`): bits for the files that it looked at, for the sets of rows that it went through, and for the
questions about the whole project below it. After a change the rows of the changed files are compared, old against new,
which gives the bits that were touched. An answer of whose bits none was touched holds. A question about the whole project
whose ground was touched is asked again only if something that it read has another answer now; if so, its own bit is touched, too.
So a change inside a function costs what it reaches. All else is as in a first run: what does not hold is asked anew.

Values are pickled, as they hold named tuples; nothing but such tuples and plain values is read back.
"""

from __future__ import annotations

import importlib
import io
import pickle
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from layercheck.answers import Cell, Grounded, same
from layercheck.project import KEPT, QUERIES, Project

BY_FILE, BY_BODY = "checks.of_file", "checks.of_code"
"""The questions whose answers are findings."""
_PLAIN = frozenset({str, int, bool, type(None)})
_BUILTINS = frozenset({"Ellipsis", "complex", "frozenset", "set"})


class State(NamedTuple):
    """What one run leaves for the next, in plain values."""

    digests: dict[str, bytes]
    """File -> the digest of its content."""
    broken: bool
    """Whether some file could not be read."""
    own: tuple[str, ...]
    """The questions about the whole project, in the order of their bits."""
    grounds: tuple[int, ...]
    entries: tuple[tuple[str, Any, int, bytes], ...]
    """(question, arguments or these pickled, index of its ground, its answer pickled)"""
    whole: dict[str, tuple[int, tuple[int, ...], bytes]]
    """Question about the whole project -> (index of the ground of the rows that it read itself, indexes of the answers that it
    read, its answer pickled), in the order in which they were answered."""


class _Unpickler(pickle.Unpickler):
    """Reads layercheck's own kinds of tuples, texts and tables, and plain values: a cache must not be a way to run code."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in _BUILTINS:
            return super().find_class(module, name)
        if module.startswith("layercheck.") and "." not in name:
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and issubclass(found, (tuple, bytes, dict)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a cache")


def _loads(data: bytes) -> Any:
    return _Unpickler(io.BytesIO(data)).load()


def _dumps(value: Any) -> bytes:
    return pickle.dumps(value, 5)


def _packed(args: tuple[Any, ...]) -> Any:
    return args if all(a.__class__ in _PLAIN for a in args) else _dumps(args)


def _unpacked(args: Any) -> tuple[Any, ...]:
    return args if args.__class__ is tuple else _loads(args)


def whole_questions() -> list[str]:
    """The queries without arguments that are known by now, sorted: their bits must be the same in all workers."""
    return sorted(name for name, (function, _) in QUERIES.items() if function.__code__.co_argcount == 1)


class Leaving:
    """Gathers what a run leaves, from one process or from several."""

    def __init__(self) -> None:
        self._grounds: dict[int, int] = {}
        self._index: dict[tuple[str, Any], int] = {}
        self._entries: list[tuple[str, Any, int, bytes]] = []
        self._whole: dict[str, tuple[int, tuple[int, ...], bytes]] = {}

    def entry(self, name: str, args: Any, ground: int, blob: bytes) -> int:
        """Note an answer (arguments packed) and return its index; the first to be noted stays."""
        index = self._index.get((name, args))
        if index is None:
            index = self._index[name, args] = len(self._entries)
            self._entries.append((name, args, self._ground(ground), blob))
        return index

    def _ground(self, ground: int) -> int:
        return self._grounds.setdefault(ground, len(self._grounds))

    def whole(self, name: str, cells: int, reads: Iterable[tuple[str, Any, int, bytes]], blob: bytes) -> None:
        """Note an answer about the whole project with what it read."""
        if name not in self._whole:
            self._whole[name] = (self._ground(cells), tuple([self.entry(*read) for read in reads]), blob)

    def add(self, exported: Exported) -> None:
        """Note what a worker has exported."""
        for entry in exported[0]:
            self.entry(*entry)
        for name, cells, reads, blob in exported[1]:
            self.whole(name, cells, reads, blob)

    def state(self, digests: dict[str, bytes], broken: bool, own: Iterable[str], order: Iterable[str] = ()) -> State | None:
        """Everything that was noted; the questions about the whole project in this `order` first. None when they had no common bits."""
        own = tuple(own)
        if not self._whole.keys() <= set(own):
            return None
        whole = {name: self._whole[name] for name in (*order, *self._whole) if name in self._whole}
        return State(dict(digests), broken, own, tuple(self._grounds), tuple(self._entries), whole)


Exported = tuple[list[tuple[str, Any, int, bytes]], list[tuple[str, int, list[tuple[str, Any, int, bytes]], bytes]]]


class Exporter:
    """Takes out of a project what was not taken out before."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._done: set[str] = set()
        self._packed: dict[int, tuple[str, Any, int, bytes]] = {}
        """Answers that were packed already, by identity: several questions read the same ones."""

    def _pack(self, answer: Grounded) -> tuple[str, Any, int, bytes]:
        found = self._packed.get(id(answer))
        if found is None:
            found = (answer.name, _packed(answer.args), answer.ground, _dumps(answer.value))
            self._packed[id(answer)] = found
        return found

    def of_file(self, path: str) -> list[tuple[str, Any, int, bytes]]:
        """The findings in a file and in its bodies, and what else is kept of both, where these were asked for in this run."""
        project = self._project
        keys = [path, *project.keys_of("Body", path)]
        asked = [(name, key) for name in (BY_FILE, BY_BODY, *sorted(KEPT)) for key in keys]
        return [self._pack(answer) for name, key in asked if (answer := project.kept(name, (key,))) is not None]

    def wholes(self) -> list[tuple[str, int, list[tuple[str, Any, int, bytes]], bytes]]:
        """The new answers about the whole project."""
        found = []
        for name, reads in list(self._project.whole.items()):
            if name in self._done:
                continue
            self._done.add(name)
            answer = self._project.kept(name, ())
            assert answer is not None
            cells, below = 0, []
            for read in reads:
                if isinstance(read, Cell):
                    cells |= read.ground
                elif isinstance(read, Grounded):
                    below.append(self._pack(read))
            found.append((name, cells, below, _dumps(answer.value)))
        return found


class Previous:
    """The answers of the last run, in a project in which something has changed since."""

    def __init__(self, state: State, project: Project, touched: int) -> None:
        """`touched`: the bits that the changes touched, see `Project.touched`. The project must not have been asked anything yet."""
        self.state = state
        self._project = project
        self._touched = touched
        project.number(state.own)
        self._own = project.own_bits()
        self._index = {(name, args): i for i, (name, args, _, _) in enumerate(state.entries) if args.__class__ is tuple}
        self._unsure = 0
        for name in state.whole:
            self._unsure |= self._own[name]
        self._good: set[str] = set()
        """Questions about the whole project whose answers were taken over."""

    def settle(self) -> None:
        """Find out which of the answers about the whole project still hold, and take those over."""
        self._project.earlier = self._answer
        for name, (_, _, blob) in self.state.whole.items():
            answer = self._taken(name, blob) if self._project.kept(name, ()) is None and self._holds(name) else None
            if answer is not None:
                self._project.take_over(answer)
                self._good.add(name)
            elif not self._same(name, (), blob):
                self._touched |= self._own[name]
            self._unsure &= ~self._own[name]

    def _taken(self, name: str, blob: bytes) -> Grounded | None:
        try:
            return Grounded(name, (), _loads(blob), self._own[name])
        except pickle.UnpicklingError:
            return None

    def _holds(self, name: str) -> bool:
        state = self.state
        cells, reads, _ = state.whole[name]
        if state.grounds[cells] & self._touched:
            return False
        for index in reads:
            question, args, ground, blob = state.entries[index]
            if state.grounds[ground] & (self._touched | self._unsure) and not self._same(question, args, blob):
                return False
        return True

    def _same(self, name: str, args: Any, blob: bytes) -> bool:
        """Whether a question has the answer that it had."""
        if name not in QUERIES:
            return False
        function, bottom = QUERIES[name]
        try:
            return same(_loads(blob), self._project.ask(name, function, bottom, _unpacked(args)))
        except Exception:  # it is about something that is gone
            return False

    def _answer(self, name: str, args: tuple[Any, ...]) -> Grounded | None:
        index = self._index.get((name, args))
        if index is None:
            return None
        _, _, ground, blob = self.state.entries[index]
        bits = self.state.grounds[ground]
        if bits & (self._touched | self._unsure):
            return None
        try:
            return Grounded(name, args, _loads(blob), bits)
        except pickle.UnpicklingError:  # nothing of ours is left out, and if it were, it would be asked anew
            return None

    def holds(self, name: str, args: tuple[Any, ...]) -> bool:
        """Whether the answer to a question was kept and still holds."""
        index = self._index.get((name, args))
        return index is not None and not self.state.grounds[self.state.entries[index][2]] & self._touched

    def hand_on(self, leaving: Leaving, paths: set[str]) -> None:
        """Note for the next run what still holds of the last one's answers and was not asked for in this one; `paths` are the files that
        the project still has. What this run has answered itself must have been noted already."""
        state, grounds = self.state, self.state.grounds
        bodies: dict[str, list[int]] = {}
        for index, (name, args, ground, _) in enumerate(state.entries):
            if (name in KEPT or name in (BY_FILE, BY_BODY)) and not grounds[ground] & self._touched:
                bodies.setdefault(args[0].partition(":")[0], []).append(index)
        for path in paths & bodies.keys():
            for index in bodies[path]:
                name, args, ground, blob = state.entries[index]
                leaving.entry(name, args, grounds[ground], blob)
        for name, (cells, reads, blob) in state.whole.items():
            if name in self._good:
                leaving.whole(name, grounds[cells], self._reads(reads), blob)

    def _reads(self, reads: Iterable[int]) -> Iterator[tuple[str, Any, int, bytes]]:
        """What an answer that was taken over read: with new grounds where this run has asked again."""
        for index in reads:
            name, args, ground, blob = self.state.entries[index]
            now = self._project.kept(name, _unpacked(args))
            bits = self.state.grounds[ground] if now is None else now.ground
            yield (name, args, bits, blob)
