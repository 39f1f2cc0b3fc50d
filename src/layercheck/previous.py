"""What the last run found out and the next one need not: its answers, each with the parts of the project that it stands on.

DESIGN: keeping every answer would take longer than most answers take. Three sorts are kept: those to questions about the whole
project (there are some sixty, and nearly everything stands on them), what these read, and by file and by body the findings and what
is dear (`KEPT`). Each has its ground (`Answers`): bits for the files that it looked at, for the sets of rows that it went through,
and for the questions about the whole project below it. After a change the rows of the changed files are compared, old against new,
which gives the bits that were touched. An answer of whose bits none was touched holds. A question about the whole project
whose ground was touched is asked again only if something that it read has another answer now; if so, its own bit is touched, too.
So a change inside a function costs what it reaches. All else is as in a first run: what does not hold is asked anew.

Values are pickled, as they hold named tuples; nothing but such tuples and plain values is read back.
"""

from __future__ import annotations

import functools
import importlib
import io
import operator
import pickle
from collections.abc import Iterable, Iterator
from typing import Any

from layercheck.answers import Cell, Grounded, same
from layercheck.facts.rows import path_of
from layercheck.project import KEPT, QUERIES, Project, find_query
from layercheck.tuples import NamedTuple

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
    read, its answer pickled)."""


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
    return args if all(_is_plain(a) for a in args) else _dumps(args)


def _is_plain(argument: Any) -> bool:
    """Whether it is written to a file as it is."""
    if argument.__class__ is frozenset:
        return all(part.__class__ is str for part in argument)
    return argument.__class__ in _PLAIN


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
        self._entries: list[Entry] = []
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

    def whole(self, name: str, cells: int, reads: Iterable[Entry], blob: bytes) -> None:
        """Note an answer about the whole project with what it read."""
        if name not in self._whole:
            self._whole[name] = (self._ground(cells), tuple([self.entry(*read) for read in reads]), blob)

    def add(self, exported: Exported) -> None:
        """Note what was taken out of a project."""
        for entry in exported[0]:
            self.entry(*entry)
        for name, cells, reads, blob in exported[1]:
            self.whole(name, cells, reads, blob)

    def state(self, digests: dict[str, bytes], broken: bool, own: Iterable[str]) -> State | None:
        """Everything that was noted. None when the answers about the whole project had no common bits."""
        own = tuple(own)
        if not self._whole.keys() <= set(own):
            return None
        return State(dict(digests), broken, own, tuple(self._grounds), tuple(self._entries), self._whole)


Entry = tuple[str, Any, int, bytes]
"""(question, arguments packed, its ground, its answer pickled)"""
Exported = tuple[list[Entry], list[tuple[str, int, list[Entry], bytes]]]
"""(answers, answers about the whole project with what they read)"""


class Exporter:
    """Takes out of a project what was not taken out before."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._done: set[str] = set()
        self._kept = 0
        """How many of the answers to keep were taken out."""
        self._packed: dict[int, Entry | None] = {}
        """Answers that were packed already, by identity: several questions read the same ones."""

    def _pack(self, answer: Grounded) -> Entry | None:
        """An answer as it is stored; None where it cannot be: the run goes on, and the next one asks anew."""
        if id(answer) not in self._packed:
            # Of an answer about the whole project others see its bit alone, see `State.whole` for what it stands on.
            ground = answer.below if answer.args else answer.ground
            try:
                packed: Entry | None = (answer.name, _packed(answer.args), ground, _dumps(answer.value))
            except (pickle.PicklingError, AttributeError, TypeError, RecursionError):
                packed = None
            self._packed[id(answer)] = packed
        return self._packed[id(answer)]

    def forget(self) -> None:
        """The project has forgotten its answers; everything must have been taken out before."""
        self._kept = 0
        self._packed.clear()

    def new(self, path: str) -> Exported:
        """The findings in a file and in its bodies, where these were asked for in this run, and the other answers that are kept."""
        project = self._project
        asked = [(BY_FILE, path), *((BY_BODY, key) for key in project.keys_of("Body", path))]
        findings = [answer for name, key in asked if (answer := project.kept(name, (key,))) is not None]
        new, self._kept = project.to_keep[self._kept :], len(project.to_keep)
        packed = [self._pack(answer) for answer in (*findings, *new)]
        return [entry for entry in packed if entry is not None], self._wholes()

    def _wholes(self) -> list[tuple[str, int, list[Entry], bytes]]:
        found = []
        for name, reads in list(self._project.whole.items()):
            if name in self._done:
                continue
            self._done.add(name)
            answer = self._project.kept(name, ())
            assert answer is not None
            cells = functools.reduce(operator.or_, [read.ground for read in reads if isinstance(read, Cell)], 0)
            packed = [self._pack(read) for read in reads if isinstance(read, Grounded)]
            below = [entry for entry in packed if entry is not None]
            own = self._pack(answer)
            if own is not None and len(below) == len(packed):
                found.append((name, cells, below, own[3]))
        return found


class Previous:
    """The answers of the last run, in a project in which something has changed since.

    DESIGN: `touched` has the bits of what changed. An answer about the whole project whose ground has one of them, or the bit of another
    such answer, is *open*: it may have changed. `settle` decides them, those that one stands on first: an open answer that in the end
    stands on nothing that changed is good; of another one, what it read is asked again; only where that has changed it is asked
    again itself, and if it is what it was, nobody else need ask. An answer is taken over only when neither it nor what it stands on is open,
    so nothing is built on doubt.
    """

    def __init__(self, state: State, project: Project, touched: int) -> None:
        """`touched`: the bits that the changes touched, see `Project.touched`. The project must not have been asked anything yet."""
        self.state = state
        self._project = project
        project.number(state.own)
        self._own = project.own_bits()
        # An answer about the whole project that was not stored may be another one now.
        self._touched = functools.reduce(
            operator.or_, [bit for name, bit in self._own.items() if name not in state.whole], touched
        )
        self._named = {bit: name for name, bit in self._own.items()}
        self._index = {(name, args): i for i, (name, args, _, _) in enumerate(state.entries) if args.__class__ is tuple}
        self._unsure = 0
        """The bits of open answers."""
        self._open: dict[str, int] = {}
        """Open question about the whole project -> its ground."""
        self._settling: set[str] = set()
        self._stale: set[str] = set()
        """The questions about the whole project whose answers are others now, or could not be told."""
        self._find_open()

    def _find_open(self) -> None:
        grounds, entries = self.state.grounds, self.state.entries
        below: dict[str, int] = {}
        for name, (cells, reads, _) in self.state.whole.items():
            below[name] = grounds[cells]
            for number in {entries[index][2] for index in reads}:
                below[name] |= grounds[number]
        before = -1
        while len(self._open) != before:
            before = len(self._open)
            for name, ground in below.items():
                if name not in self._open and ground & (self._touched | self._unsure):
                    self._open[name] = ground
                    self._unsure |= self._own[name]

    def settle(self) -> None:
        """Find out which of the open answers still hold."""
        self._project.earlier = self._answer
        for name in list(self._open):
            self._settle(name)

    def _settle(self, name: str) -> None:
        if name in self._settling or name not in self._open:
            return
        self._settling.add(name)
        ground, bit = self._open[name], self._own[name]
        rest = ground & self._unsure & ~bit
        while rest:
            self._settle(self._named[rest & -rest])
            rest &= rest - 1
        if ground & (self._touched | self._unsure & ~bit) and not self._still(name):
            self._touched |= bit
            self._stale.add(name)
        del self._open[name]
        self._unsure &= ~bit

    def _still(self, name: str) -> bool:
        """Whether the answer about the whole project is what it was."""
        state = self.state
        cells, reads, blob = state.whole[name]
        if not state.grounds[cells] & self._touched and self._project.kept(name, ()) is None:
            for index in reads:
                question, args, ground, read = state.entries[index]
                if state.grounds[ground] & (self._touched | self._unsure) and not self._same(question, args, read):
                    break
            else:
                return True
        return self._same(name, (), blob)

    def _same(self, name: str, args: Any, blob: bytes) -> bool:
        """Whether a question has the answer that it had."""
        known = find_query(name)
        if known is None:
            return False
        function, bottom = known
        try:
            return same(_loads(blob), self._project.ask(name, function, bottom, _unpacked(args)))
        except Exception:  # layercheck: ignore[LC304] it is about what is gone, or fails again where that is told
            return False

    def _answer(self, name: str, args: tuple[Any, ...]) -> Grounded | None:
        """The answer to a question, if it was kept and still holds."""
        if not args:
            if name not in self.state.whole or name in self._open or name in self._stale:
                return None
            below, ground, blob = 0, self._own[name], self.state.whole[name][2]
        else:
            index = self._index.get((name, args))
            if index is None:
                return None
            _, _, number, blob = self.state.entries[index]
            below = ground = self.state.grounds[number]
            if ground & (self._touched | self._unsure):
                return None
        try:
            return Grounded(name, args, _loads(blob), below, ground)
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
        for name, args, ground, blob in state.entries:
            kept = name in KEPT or name in (BY_FILE, BY_BODY)
            if kept and not grounds[ground] & self._touched and args.__class__ is tuple and path_of(args[0]) in paths:
                leaving.entry(name, args, grounds[ground], blob)
        for name, (cells, reads, blob) in state.whole.items():
            if name not in self._stale and name not in self._project.whole:
                leaving.whole(name, grounds[cells], self._reads(reads), blob)

    def _reads(self, reads: Iterable[int]) -> Iterator[Entry]:
        """What an answer that was taken over read: with new grounds where this run has asked again."""
        for index in reads:
            name, args, ground, blob = self.state.entries[index]
            now = self._project.kept(name, _unpacked(args)) if args else None
            yield (name, args, self.state.grounds[ground] if now is None else now.below, blob)
