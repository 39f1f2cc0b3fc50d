"""Answers that remember what they read: memoised questions, asked again only where their ground has moved.

DESIGN: a *node* is something that can be read: a row, the set of files, or the answer of a query (see `project`). While a query
runs, the nodes it reads are recorded. A remembered answer is good while none of its nodes has a newer stamp than the answer; when
one has, that node is asked again first, and an equal answer stops the wave there (early cut-off, as in the red-green algorithm of
rustc and salsa).

Questions that depend on each other in a circle form a *knot*. Whoever meets a question that is still being answered gets its
bottom for the time being; what is computed on top of that is provisional. When the first question of the circle is done, all
members of the knot are known, and they are answered together: in rounds, each reading the answers of the round before, from the
bottoms up until nothing changes; answers that never come to rest stay at their bottoms. So an answer does not depend on who asked first, a knot costs a few rounds and not a walk along
every path through it, and all its members are remembered with what the knot as a whole reads outside itself.
"""

from __future__ import annotations

import functools
import operator
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from layercheck.nodes import (
    FOR_GOOD,
    Cell,
    Crossed,
    Dated,
    Frame,
    Given,
    Grounded,
    Knot,
    Memo,
    Node,
    Stack,
    ground_of,
    same,
)
from layercheck.readsets import Ground, ReadSets
from layercheck.stored_values import question_of, stored

T = TypeVar("T")
intern = sys.intern
FIRST_OWN = 1 << 2000
"""The bits below it are those of parts of the project."""
NOTHING, GROUNDS, READS = range(3)
"""What is noted of what answers read: nothing, and they cost least; their read sets (see `readsets`), so that the next run can tell
which of them still hold; or the reads of each, so that files can be replaced between questions."""
UNKNOWN: Node = ("unknown",)
"""The leaf of a read set that stands for what was never answered: every change may touch it."""
UNARY: set[str] = set()
"""The queries that take one argument, and no others."""
MISSING: Any = object()
"""What there is instead of an answer that was never given: None is one."""
_PLAIN = frozenset({type(None), bool, int, float, str})
_FEW = 8
"""The parts of an answer that is not heavy."""
_NONE: dict[Any, Any] = {}
_NOBODY: frozenset[Any] = frozenset()
"""The one empty set there need be: each is an object of its own, and the answer to many questions."""
_NOTHING_NOTED: set[Any] = set()
"""What answers read, where that is not recorded."""
_MANY = 48
"""Reads of an answer beyond which they are looked at in groups, and"""
_GROUP = 16
"""how many are in one."""
_SPARE_ROUNDS = 8
"""Beyond one a member. Questions that only ever learn more need no more."""


def _key(name: str, args: tuple[Any, ...]) -> Any:
    """By what a bare answer is found (see `Answers._given`)."""
    return args[0] if name in UNARY else args


def _is_heavy(value: Any) -> bool:
    """Whether an answer takes much more than its place: it is more than a few numbers, names or truths."""
    if value.__class__ in _PLAIN or not value:
        return False
    return not isinstance(value, tuple) or _parts(value, _FEW) > _FEW


def _parts(value: tuple[Any, ...], most: int) -> int:
    """How many parts a tuple has, inner ones included; more than `most` where it is not made of tuples and plain values alone."""
    found = len(value)
    for part in value:
        if found > most:
            break
        if part.__class__ not in _PLAIN:
            found += _parts(part, most) if isinstance(part, tuple) else most
    return found


class Answers:
    """The questions asked so far and their answers. Knows nothing of rows.

    DESIGN: after a small change nearly all answers are still good, and walking down from each to see that takes as long as a
    hundred edits. So every cell has a bit that stands for its part of the project (many rows share one), every answer
    the union of those below it, and every change the bits that it touched. An answer whose bits were not touched since it was
    verified is good without a look at what it read. A question without arguments is about the whole project and stands on all of
    it, but its answer seldom changes: it has a bit of its own, which is touched when the answer becomes another one and, until that is
    known, by every change. What an answer read can only become something else through a change below it,
    so the union is right for as long as it is not touched.

    An engine for one look *sweeps*: most answers are a name, a truth or nothing and cost no more than their place, but a few queries give sets of
    all names of a file, or hold code, and those are seldom asked for once the files that need them have been checked. So where many such
    heavy answers were given, those are dropped that nobody has asked for since the sweep before: two generations, as a
    garbage collector has them. What is dropped is answered again when it is wanted. Never dropped are the answers about the whole project and those of
    `dear` queries; with NOTHING those that were found together (a knot, a fixpoint), else those that the next run is to have.
    """

    def __init__(self, noting: int = READS) -> None:
        """`noting` is NOTHING, GROUNDS or READS; with anything but READS nothing may change after the first answer."""
        self.revision = 1
        self.asked: int = 0
        """How many answers were computed (not remembered): a measure of work, for tests and --verbose."""
        self._memo: defaultdict[str, dict[tuple[Any, ...], Given]] = defaultdict(dict)
        """Query -> its arguments -> the answer; empty with NOTHING."""
        self._given: defaultdict[str, dict[Any, Any]] | None = defaultdict(dict) if noting == NOTHING else None
        """With NOTHING: query -> its arguments (the one itself for those in `UNARY`) -> the bare answer."""
        self._before: dict[str, dict[Any, Any]] = {}
        """Query -> its arguments -> a heavy answer that was given before the last sweep, and not asked for since."""
        self._lasting: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        """With NOTHING: the heavy answers that are never dropped."""
        self._heavy = 0
        """How many heavy answers were given since the last sweep."""
        self._giving_heavy: set[str] = set()
        """The queries that have given such."""
        self.sweep_after = 0
        """How many of them there are between two sweeps; 0 where nothing is swept. For who makes the project, before the first question."""
        self._queries: dict[str, tuple[Callable[..., Any], Any]] = {}
        self._stack = Stack()
        self._active: set[Node] = set()
        """What is being answered or verified, or is a member of a knot, outside the stack."""
        self.noting = noting
        self._unknown = Cell(UNKNOWN, None, 0)
        self.readsets = ReadSets()
        """With GROUNDS: what the answers stand on."""
        self.keep: set[str] = set()
        """The queries whose answers the next run is to have, with GROUNDS; it also has those without arguments and what these read."""
        self.dear: set[str] = set()
        """The queries whose answers are never swept."""
        self.keep_reads: set[str] = set()
        """Those of them of which it has what they read, too."""
        self.earlier: Callable[[str, tuple[Any, ...]], Grounded | None] | None = None
        """Knows answers of an earlier run that still hold."""
        self._reading: set[Any] | None = None
        """Where what is read now is noted: what the question at the top of the stack has read so far."""
        self._remembered: set[Node] = set()
        """Questions that were remembered (see `remember`) while they were asked."""
        self._moves: list[tuple[int, int]] = []
        """(revision, the bits that its change touched)"""
        self._moved: dict[int, int] = {}
        """Revision -> the bits touched after it; as of now."""
        self._own: dict[Node, int] = {}
        """Question about the whole project -> its bit."""
        self._open = 0
        """The bits of those of them that were not verified since the last change."""

    def introduce(self, name: str, function: Callable[..., Any]) -> None:
        """Name a question that is no query of a module, so that answers of an earlier run can be compared with it."""
        self._queries[name] = (function, None)

    def introduced(self, name: str) -> tuple[Callable[..., Any], Any] | None:
        """The function and the bottom of a question that was introduced or asked; None for any other."""
        return self._queries.get(name)

    def _move(self, revision: int, ground: int) -> None:
        """Note what the change that led to a revision has touched."""
        self._moves.append((revision, ground))
        self._moved.clear()

    def _changed_now(self, revision: int, ground: int) -> None:
        """Begin a new revision, whose change touched these bits."""
        self.revision = revision
        self._move(revision, ground)
        self._open = functools.reduce(operator.or_, self._own.values(), 0)

    def _verify_own(self) -> None:
        """Verify all answers that have bits of their own, the inner ones first: nearly every other answer stands on some of them."""
        for node in list(self._own):
            memo = self._memo[node[0]].get(node[1:])
            if isinstance(memo, Memo) and memo.verified != self.revision:
                self._stamp(memo)

    def _own_of(self, node: Node) -> int:
        """The bit of a question without arguments, or with a number alone of a query about the whole project; 0 for any other."""
        if len(node) > 1 and (node[0] not in self.keep_reads or len(node) > 2 or node[1].__class__ is not int):
            return 0
        return self._own.setdefault(node, FIRST_OWN << len(self._own))

    def _since(self, revision: int) -> int:
        """The bits that were touched after a revision."""
        found = self._moved.get(revision)
        if found is None:
            found = 0
            for stamp, ground in reversed(self._moves):
                if stamp <= revision:
                    break
                found |= ground
            self._moved[revision] = found
        return found | self._open

    def ask(self, name: str, function: Callable[..., T], bottom: Any, args: tuple[Any, ...]) -> T:
        """The answer of a query, remembered while nothing it read has changed. Use the `query` decorator."""
        node: Node = (name, *args)
        stack = self._stack
        if stack.knot is not None and node in stack.knot.members:
            frame = stack.frames[-1]
            frame.knotted = True
            if frame.members is None:
                frame.members = set()
            frame.members.add(node)
            return stack.knot.before.get(node, bottom)  # type: ignore[no-any-return]
        if node in stack.running:
            self._meet(node)
            return bottom  # type: ignore[no-any-return]
        if node in self._active:
            raise Crossed(node)
        if stack.provisional:
            found = stack.provisional.get(node)
            if found is not None:
                self._inherit(found[1], found[2])
                return found[0]  # type: ignore[no-any-return]
        if self._given is not None:
            key = _key(name, args)
            value = self._found_again(name, key) if self.sweep_after else self._given[name].get(key, MISSING)
            if value is MISSING:
                if name not in self._queries:
                    self._queries[name] = (function, bottom)
                value = self._compute(node, function, None)[0]
            return value  # type: ignore[no-any-return]
        if self._open and not stack.frames and not self._active:
            self._verify_own()
        memo = self._memo_of(name, args)
        if memo is None and self.earlier is not None:
            memo = self._taken_over(name, args)
        if memo is None or (memo.verified < self.revision and not self._still_good(memo)):
            if name not in self._queries:
                self._queries[name] = (function, bottom)
            value, memo = self._compute(node, function, memo)
            if memo is None:
                return value  # type: ignore[no-any-return]
        if self._reading is not None:
            self._reading.add(memo)
        return memo.value  # type: ignore[no-any-return]

    def _taken_over(self, name: str, args: tuple[Any, ...]) -> Given | None:
        """The answer of an earlier run that still holds, as one of this run, or None."""
        found = self.earlier(name, args) if self.earlier is not None else None
        if found is not None:
            self.take_over(found)
        return found

    def take_over(self, answer: Grounded) -> None:
        """Remember an answer of an earlier run as if it had been given in this one."""
        self._memo[answer.name][answer.args] = answer

    def forget(self) -> None:
        """Drop the answers for one look but for those about the whole project: a big project has more than memory should hold. What is
        asked again is answered again. Only between questions, and not with READS."""
        if self.noting == READS or self._stack.frames:
            raise RuntimeError("answers are forgotten between questions, where nothing can change")
        self.readsets.repeats = True
        self._before = {}
        for given in (self._given or {}).values():
            kept = given.get((), MISSING)
            given.clear()
            if kept is not MISSING:
                given[()] = kept
        for memos in self._memo.values():
            whole = memos.get(())
            memos.clear()
            if whole is not None:
                memos[()] = whole

    def _give(self, node: Node, value: Any) -> Any:
        """Remember a bare answer. Names in it and in its question are those that others have: there are many of the same."""
        name, kind = node[0], value.__class__
        if kind is str:
            value = intern(value)
        elif kind not in _PLAIN:
            if kind is frozenset and not value:
                value = _NOBODY
            elif kind is tuple and not _is_heavy(value):
                value = tuple([intern(part) if part.__class__ is str else part for part in value])
            elif name not in self.dear and _is_heavy(value):
                if len(node) == 1 or name in self.keep_reads:
                    self._lasting[name][_key(name, node[1:])] = value
                self._note_heavy(name)
        given = self._given
        assert given is not None
        if name in UNARY:
            given[name][node[1]] = value
        else:
            given[name][tuple([intern(part) if part.__class__ is str else part for part in node[1:]])] = value
        return value

    def _found_again(self, name: str, key: Any) -> Any:
        """The bare answer of a question that was not asked since the last sweep, MISSING where there is none."""
        given = self._given
        assert given is not None
        young = given[name]
        found = young.get(key, MISSING)
        if found is not MISSING:
            return found
        old = self._before.get(name)
        found = MISSING if old is None else old.pop(key, MISSING)
        if found is MISSING and name in self._lasting:
            found = self._lasting[name].get(key, MISSING)
        if found is not MISSING:
            young[key] = found
            if name in self._giving_heavy and _is_heavy(found):
                self._heavy += 1
        return found

    def _memo_of(self, name: str, args: tuple[Any, ...]) -> Given | None:
        """The answer to a question, where answers are more than their bare values; one that is asked for again stays."""
        memo = self._memo[name].get(args)
        if memo is None and self._before:
            memo = self._before.get(name, _NONE).pop(args, None)
            if memo is not None:
                self._memo[name][args] = memo
                self._heavy += 1
        return memo

    def _note_heavy(self, name: str) -> None:
        """Note that a heavy answer is given. When there are many such, those are dropped that nobody has asked for lately."""
        self._giving_heavy.add(name)
        self._heavy += 1
        if self._heavy < self.sweep_after:
            return
        self._heavy = 0
        self._before = {}
        for name in self._giving_heavy:
            light: dict[Any, Any] = {}
            heavy: dict[Any, Any] = {}
            if self._given is not None:
                for key, value in self._given[name].items():
                    (heavy if _is_heavy(value) else light)[key] = value
                self._given[name] = light
            else:
                for key, memo in self._memo[name].items():
                    (heavy if isinstance(memo, Grounded) and not memo.kept and _is_heavy(memo.value) else light)[
                        key
                    ] = memo
                self._memo[name] = light
            self._before[name] = heavy

    def _meet(self, node: Node) -> None:
        """Note in the frames above a running question that they build on its bottom."""
        stack = self._stack
        depth = stack.running[node]
        stack.frames[depth].met = True
        for frame in stack.frames[depth + 1 :]:
            frame.looped().add(node)

    def _inherit(self, loops: set[Node], reads: set[Any]) -> None:
        """Take over what a provisional answer builds on."""
        stack = self._stack
        for head in loops:
            self._meet(head)
        if stack.frames:
            stack.frames[-1].reads |= reads

    def _compute(self, node: Node, function: Callable[..., Any], old: Given | None) -> tuple[Any, Given | None]:
        """Answer a question: its answer, and where that is remembered (None while it builds on open questions)."""
        stack, outer = self._stack, self._reading
        frames, running = stack.frames, stack.running
        mark = len(stack.order)
        if self.noting:
            reads: set[Any] = set()
            self._reading = reads
        else:
            reads = _NOTHING_NOTED
        frame = Frame(node, reads)
        running[node] = len(frames)
        frames.append(frame)
        self.asked += 1
        try:
            value = function(self, *node[1:])
        except BaseException:
            self._take(mark)
            raise
        finally:
            self._reading = outer
            frames.pop()
            del running[node]
        if not (frame.knotted or frame.met or frame.loops):
            if node in self._remembered:  # with what it read; the reads here include itself
                self._remembered.discard(node)
                return self._found(node)
            if self._given is not None:
                if self.sweep_after:
                    return self._give(node, value), None
                self._given[node[0]][_key(node[0], node[1:])] = value
                return value, None
            if self.noting == GROUNDS:
                return value, self._store_for_one_look(node, value, reads)
            return value, self._store(node, value, tuple(reads), old)
        if frame.knotted:
            self._join(node, frame, mark)
        elif frame.loops:
            self._postpone(node, value, frame, mark)
        elif frame.met:
            members = stack.order[mark:]
            wider = self._solve([node, *members])
            if wider is None:
                self._take(mark)
                return self._found(node)
            if wider in stack.running:
                self._meet(wider)
                frame.looped().add(wider)
                self._postpone(node, value, frame, mark)
            else:
                self._join(node, frame, mark)
        return value, None

    def _found(self, node: Node) -> tuple[Any, Given | None]:
        """The answer to a question that was remembered, and where."""
        if self._given is not None:
            return self._found_again(node[0], _key(node[0], node[1:])), None
        memo = self._memo_of(node[0], node[1:])
        assert memo is not None
        return memo.value, memo

    # --------------------------------------------------------------------------------------------------- knots

    def _take(self, mark: int) -> list[Node]:
        """Remove the provisional answers given since `mark`, and say which they were."""
        stack = self._stack
        taken = stack.order[mark:]
        del stack.order[mark:]
        for node in taken:
            del stack.provisional[node]
        return taken

    def _postpone(self, node: Node, value: Any, frame: Frame, mark: int) -> None:
        """Keep an answer that builds on open questions until those are closed."""
        stack = self._stack
        if frame.met:
            for inner in stack.order[mark:]:
                loops = stack.provisional[inner][1]
                if node in loops:
                    loops.discard(node)
                    loops |= frame.looped()
        stack.provisional[node] = (value, frame.looped(), frame.reads)
        stack.order.append(node)
        stack.frames[-1].reads |= frame.reads

    def _join(self, node: Node, frame: Frame, mark: int) -> None:
        """A question from outside that turned out to read a member: it belongs to the knot."""
        self._take(mark)
        stack = self._stack
        knot = stack.knot
        assert knot is not None
        knot.members.add(node)
        knot.reads |= frame.reads
        knot.grown = True
        self._active.add(node)
        stack.frames[-1].knotted = True

    def _solve(self, members: list[Node]) -> Node | None:
        """Answer the members of a knot together, from their bottoms up, and remember the answers.

        Returns the open question that the knot turned out to depend on, if any: it then is a part of a wider knot.
        """
        outer, self._stack = self._stack, Stack()
        reading, self._reading = self._reading, None
        knot = self._stack.knot = Knot(members)
        active = self._active
        self._active = {*active, *outer.running, *knot.members}
        try:
            while not self._settle(knot):
                knot.before, knot.grown = {}, False
        except Crossed as crossed:
            if crossed.node in outer.running or (outer.knot is not None and crossed.node in outer.knot.members):
                return crossed.node
            raise
        finally:
            self._stack, self._active, self._reading = outer, active, reading
        # Members have no answer yet where nothing changes; where it does, old ones may have been read.
        outside = tuple([read for read in knot.reads if not isinstance(read, Dated) or read.node not in knot.members])
        self._store_together({node: knot.before[node] for node in knot.members}, outside)
        return None

    def _settle(self, knot: Knot) -> bool:
        """The rounds of a knot; False when it has to begin again from the bottoms: it has grown, or does not come to rest."""
        order = sorted(knot.members - knot.pinned, key=repr)
        waiting = order
        enough = len(order) + _SPARE_ROUNDS
        restless: set[Node] = set()
        for number in range(2 * enough):
            now = {node: self._answer_member(node, knot) for node in waiting}
            if knot.grown:
                knot.pinned.clear()
                return False
            moved = {n for n in waiting if not same(knot.before.get(n, self._queries[n[0]][1]), now[n])}
            if number >= enough:
                restless |= moved
            knot.before.update(now)
            waiting = [node for node in order if not moved.isdisjoint(knot.sources[node])]
            if not waiting:
                for node in knot.pinned:
                    knot.before[node] = self._queries[node[0]][1]
                return True
        knot.pinned |= restless
        return False

    def _answer_member(self, node: Node, knot: Knot) -> Any:
        stack = self._stack
        frame = Frame(node, set())
        stack.frames.append(frame)
        if self.noting:
            self._reading = frame.reads
        self.asked += 1
        try:
            value = self._queries[node[0]][0](self, *node[1:])
        finally:
            self._reading = None
            stack.frames.pop()
        knot.sources[node] = frame.members or set()
        knot.reads |= frame.reads
        return value

    # ----------------------------------------------------------------------------------------------- verifying

    def _still_good(self, memo: Given) -> bool:
        """Whether nothing that a remembered answer read has changed since; asks queries again where needed."""
        assert isinstance(memo, Memo), "the others are good for good"
        node = memo.node
        if node in self._active or node in self._stack.running:
            return False
        verified, revision = memo.verified, self.revision
        if not memo.below & self._since(verified):
            self._found_good(memo)
            return True
        doubtful: list[Memo] = []
        since, at, still_open, regrounded = 0, -1, 0, False
        for read in memo.reads if len(memo.reads) < _MANY else self._touched_reads(memo):
            # the cheap look first, without a call for each
            if read.changed > verified:
                return False
            if read.grounded > verified:
                regrounded = True
            if read.verified < revision:
                if read.verified != at or still_open != self._open:
                    at, still_open = read.verified, self._open
                    since = self._since(at)
                assert isinstance(read, Memo)
                if read.below & since:
                    doubtful.append(read)
                elif read.own:
                    self._found_good(read)
                else:
                    read.verified = revision
        self._active.add(node)
        try:
            for one in doubtful:
                if self._stamp(one) > verified:
                    return False
                regrounded = regrounded or one.grounded > verified
        finally:
            self._active.discard(node)
        if regrounded:
            memo.below, memo.groups = ground_of(memo.reads), None
            if not memo.own and memo.ground != memo.below:
                memo.ground, memo.grounded = memo.below, revision
        self._found_good(memo)
        return True

    def _touched_reads(self, memo: Memo) -> list[Dated]:
        """The reads of an answer that something may have happened to since it was verified."""
        if memo.groups is None:
            changed: list[Dated] = [read for read in memo.reads if read.changed > memo.verified]
            if changed:  # it will be answered again, and then read something else
                return changed
            memo.groups = []
            for first in range(0, len(memo.reads), _GROUP):
                group = memo.reads[first : first + _GROUP]
                bits = ground_of(group) | functools.reduce(operator.or_, [getattr(r, "below", 0) for r in group], 0)
                memo.groups.append((bits, group))
        since = self._since(memo.verified)
        return [read for bits, group in memo.groups if bits & since for read in group]

    def _found_good(self, memo: Memo) -> None:
        memo.verified = self.revision
        if self._open and memo.own:
            self._open &= ~memo.ground

    def _stamp(self, memo: Memo) -> int:
        """When an answer last changed; a question that cannot be answered apart counts as changed just now."""
        if memo.node in self._active or memo.node in self._stack.running:
            return self.revision
        if memo.verified < self.revision and not self._still_good(memo):
            stack, self._stack = self._stack, Stack()
            active, self._active = self._active, {*self._active, *stack.running}
            reading, self._reading = self._reading, None
            try:
                found = self._compute(memo.node, self._queries[memo.node[0]][0], memo)[1]
            except Crossed:
                return self.revision
            finally:
                self._stack, self._active, self._reading = stack, active, reading
            if found is None:
                return self.revision
        return memo.changed

    # ------------------------------------------------------------------------------ answers computed together

    def _store(self, node: Node, value: Any, reads: tuple[Any, ...], old: Given | None) -> Given:
        own = self._own_of(node)
        if not isinstance(old, Memo):
            memo = self._memo[node[0]][node[1:]] = Memo(node, value, reads, self.revision, own)
            return memo
        if not same(old.value, value):
            old.changed = self.revision
            if own:
                self._move(self.revision, own)
        old.value, old.reads, old.below, old.groups = value, reads, ground_of(reads), None
        if old.ground != (own or old.below):
            old.ground, old.grounded = own or old.below, self.revision
        self._found_good(old)
        return old

    def _store_together(self, values: dict[Node, Any], reads: tuple[Any, ...]) -> None:
        """Store answers that stand on the same. Their read set is made once: there may be thousands of each."""
        ground = self._read_set(reads) if self.noting == GROUNDS else None
        for node, value in values.items():
            if self._given is not None:
                (self._lasting if self.sweep_after else self._given)[node[0]][_key(node[0], node[1:])] = value
                continue
            old = self._memo[node[0]].get(node[1:])
            if ground is None:
                self._store(node, value, reads, old)
            else:
                self._store_for_one_look(node, value, reads, ground)

    def _store_for_one_look(
        self, node: Node, value: Any, reads: Collection[Any], ground: Ground | None = None
    ) -> Given:
        name, args = node[0], node[1:]
        if not args or name in self.keep_reads:
            for read in reads:
                if isinstance(read, Grounded) and not read.kept:
                    self._keep(read, (read.name, *read.args))
        answer = Grounded(name, args, value, self._read_set(reads) if ground is None else ground)
        if not args or name in self.keep:
            self._keep(answer, node)
        self._memo[name][args] = answer
        if self.sweep_after and ground is None and not answer.kept and name not in self.dear and _is_heavy(value):
            self._note_heavy(name)
        return answer

    def _read_set(self, reads: Collection[Any]) -> Ground:
        ids: set[int] = set()
        ground: Ground = ()
        for read in reads:
            ground = read.ground
            if ground.__class__ is not int:
                ids.update(ground)  # type: ignore[arg-type]
                continue
            if ground == 0:  # a cell that nobody has read before
                ground = read.ground = self.readsets.leaf(read.node)
            if len(reads) == 1:
                break
            ids.add(ground)
        return ground if len(reads) == 1 else self.readsets.set_or_node(ids)

    def _keep(self, answer: Grounded, node: Node) -> None:
        """Give an answer a node, and have it kept for the next run."""
        question = question_of(node)
        if question is not None:
            answer.kept = True
            answer.ground = self.readsets.question(question, answer.ground, stored(answer.value))

    def remember(
        self, name: str, function: Callable[..., Any], values: dict[tuple[Any, ...], Any], reads: Iterable[Node]
    ) -> None:
        """Store answers (by arguments) that were computed together (a fixpoint over a cycle), with the questions that they read."""
        self._queries[name] = (function, None)
        nodes = {(name, *args): value for args, value in values.items()}
        self._remembered.update(nodes.keys() & self._stack.running.keys())
        self._store_together(nodes, () if self._given is not None else tuple([self._answer_of(read) for read in reads]))

    def _answer_of(self, node: Node) -> Given:
        """The remembered answer of a question; what was never answered counts as changed at all times."""
        found = self._memo_of(node[0], node[1:])
        if found is None and self.noting != READS:
            return self._unknown
        return found or Cell(node, None, -1, changed=FOR_GOOD)

    def remembered(self, name: str, args: tuple[Any, ...]) -> Any:
        """The valid remembered answer of a query, or None; records the read when there is one."""
        if self._given is not None:
            found = self._found_again(name, _key(name, args))
            return None if found is MISSING else found
        memo = self._memo_of(name, args)
        if memo is None and self.earlier is not None:
            memo = self._taken_over(name, args)
        if memo is None or (memo.verified < self.revision and not self._still_good(memo)):
            return None
        if self._reading is not None:
            self._reading.add(memo)
        return memo.value

    @contextmanager
    def isolated(self) -> Iterator[None]:
        """Work whose reads the running query does not record: it reads the remembered results instead."""
        stack, self._stack = self._stack, Stack()
        active, self._active = self._active, set()
        reading, self._reading = self._reading, None
        try:
            yield
        finally:
            self._stack, self._active, self._reading = stack, active, reading

    def reads_of(self, name: str, *args: Any) -> frozenset[Node]:
        """What a remembered answer read; for tests of the laws."""
        memo = self._memo[name].get(args)
        return frozenset([read.node for read in memo.reads]) if isinstance(memo, Memo) else frozenset()
