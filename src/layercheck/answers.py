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

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
Node = tuple[Any, ...]
_SPARE_ROUNDS = 8
"""Beyond one a member. Questions that only ever learn more need no more."""


def same(old: Any, new: Any) -> bool:
    """Equal, and alike in what `==` overlooks: `1`, `1.0` and `True` are different code."""
    return bool(old == new) and _alike(old, new)


def _alike(old: Any, new: Any) -> bool:
    if old is new:
        return True
    kind = old.__class__
    if kind is not new.__class__:
        return False
    return all(map(_alike, old, new)) if issubclass(kind, tuple) else True


class _Memo:
    __slots__ = ("changed", "reads", "value", "verified")

    def __init__(self, value: Any, reads: tuple[Node, ...], changed: int, verified: int) -> None:
        self.value = value
        self.reads = reads
        self.changed = changed
        self.verified = verified


class _Frame:
    """A question while it is being answered."""

    __slots__ = ("knotted", "loops", "met", "node", "reads")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.reads: set[Node] = set()
        self.loops: set[Node] = set()
        """Questions further up the stack whose bottom this answer used."""
        self.met = False
        """Whether somebody below got this question's bottom."""
        self.knotted = False
        """Whether it read a member of the knot that is being solved."""


class _Knot:
    """Questions that depend on each other, while they are answered together."""

    __slots__ = ("before", "grown", "members", "pinned", "reads", "sources")

    def __init__(self, members: Iterable[Node]) -> None:
        self.members = set(members)
        self.before: dict[Node, Any] = {}
        """The answers of the last round."""
        self.sources: dict[Node, set[Node]] = {}
        """The members that each member read."""
        self.reads: set[Node] = set()
        """Of all rounds: an answer that holds itself up in the last round stands on what the first ones read."""
        self.grown = False
        self.pinned: set[Node] = set()
        """Members whose answers contradict each other: they stay at their bottoms."""


class _Stack:
    """What is being answered at the moment."""

    __slots__ = ("frames", "knot", "order", "provisional", "running")

    def __init__(self) -> None:
        self.frames: list[_Frame] = []
        self.running: dict[Node, int] = {}
        self.provisional: dict[Node, tuple[Any, set[Node], set[Node]]] = {}
        """Answers on top of a bottom -> (value, loops, reads), good while those loops are open."""
        self.order: list[Node] = []
        """The provisional nodes in the order of their answers."""
        self.knot: _Knot | None = None


class _Crossed(BaseException):
    """A question asked apart from the stack met one that is being answered there: a wider circle. Never leaves this module."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node


class Answers:
    """The questions asked so far and their answers. Knows nothing of rows."""

    def __init__(self) -> None:
        self.revision = 1
        self.asked: int = 0
        """How many answers were computed (not remembered): a measure of work, for tests and --verbose."""
        self._changed: dict[Node, int] = {}
        self._memo: dict[Node, _Memo] = {}
        self._queries: dict[str, tuple[Callable[..., Any], Any]] = {}
        self._stack = _Stack()
        self._active: set[Node] = set()
        """Nodes that are being answered or verified on any stack."""

    def _read(self, node: Node) -> None:
        if self._stack.frames:
            self._stack.frames[-1].reads.add(node)

    def ask(self, name: str, function: Callable[..., T], bottom: Any, args: tuple[Any, ...]) -> T:
        """The answer of a query, remembered while nothing it read has changed. Use the `query` decorator."""
        node: Node = (name, *args)
        stack = self._stack
        if stack.knot is not None and node in stack.knot.members:
            stack.frames[-1].knotted = True
            self._read(node)
            return stack.knot.before.get(node, bottom)  # type: ignore[no-any-return]
        if node in stack.running:
            self._meet(node)
            return bottom  # type: ignore[no-any-return]
        if node in self._active:
            raise _Crossed(node)
        found = stack.provisional.get(node)
        if found is not None:
            self._inherit(found[1], found[2])
            return found[0]  # type: ignore[no-any-return]
        memo = self._memo.get(node)
        if memo is None or (memo.verified != self.revision and not self._still_good(node, memo)):
            self._queries[name] = (function, bottom)
            memo = self._compute(node, function, memo)
        self._read(node)
        return memo.value  # type: ignore[no-any-return]

    def _meet(self, node: Node) -> None:
        """Note in the frames above a running question that they build on its bottom."""
        stack = self._stack
        depth = stack.running[node]
        stack.frames[depth].met = True
        for frame in stack.frames[depth + 1 :]:
            frame.loops.add(node)

    def _inherit(self, loops: set[Node], reads: set[Node]) -> None:
        """Take over what a provisional answer builds on."""
        stack = self._stack
        for head in loops:
            self._meet(head)
        if stack.frames:
            stack.frames[-1].reads |= reads

    def _compute(self, node: Node, function: Callable[..., Any], old: _Memo | None) -> _Memo:
        stack = self._stack
        frame = _Frame(node)
        mark = len(stack.order)
        stack.running[node] = len(stack.frames)
        stack.frames.append(frame)
        added = node not in self._active
        self._active.add(node)
        self.asked += 1
        try:
            value = function(self, *node[1:])
        except BaseException:
            self._take(mark)
            raise
        finally:
            stack.frames.pop()
            del stack.running[node]
            if added:
                self._active.discard(node)
        frame.reads.discard(node)
        if frame.knotted:
            self._join(node, frame, mark)
        elif frame.loops:
            self._postpone(node, value, frame, mark)
        elif frame.met:
            members = stack.order[mark:]
            wider = self._solve([node, *members])
            if wider is None:
                self._take(mark)
                return self._memo[node]
            if wider in stack.running:
                self._meet(wider)
                frame.loops.add(wider)
                self._postpone(node, value, frame, mark)
            else:
                self._join(node, frame, mark)
        else:
            changed = old.changed if old is not None and same(old.value, value) else self.revision
            memo = self._memo[node] = _Memo(value, tuple(frame.reads), changed, self.revision)
            return memo
        return _Memo(value, (), self.revision, self.revision)

    # --------------------------------------------------------------------------------------------------- knots

    def _take(self, mark: int) -> list[Node]:
        """Remove the provisional answers given since `mark`, and say which they were."""
        stack = self._stack
        taken = stack.order[mark:]
        del stack.order[mark:]
        for node in taken:
            del stack.provisional[node]
        return taken

    def _postpone(self, node: Node, value: Any, frame: _Frame, mark: int) -> None:
        """Keep an answer that builds on open questions until those are closed."""
        stack = self._stack
        if frame.met:
            for inner in stack.order[mark:]:
                loops = stack.provisional[inner][1]
                if node in loops:
                    loops.discard(node)
                    loops |= frame.loops
        stack.provisional[node] = (value, frame.loops, frame.reads)
        stack.order.append(node)
        stack.frames[-1].reads |= frame.reads

    def _join(self, node: Node, frame: _Frame, mark: int) -> None:
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
        outer, self._stack = self._stack, _Stack()
        knot = self._stack.knot = _Knot(members)
        active = self._active.copy()
        self._active |= knot.members
        try:
            while not self._settle(knot):
                knot.before, knot.grown = {}, False
        except _Crossed as crossed:
            if crossed.node in outer.running or (outer.knot is not None and crossed.node in outer.knot.members):
                return crossed.node
            raise
        finally:
            self._stack, self._active = outer, active
        outside = tuple(knot.reads - knot.members)
        for node in knot.members:
            self._store(node, knot.before[node], outside)
        return None

    def _settle(self, knot: _Knot) -> bool:
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

    def _answer_member(self, node: Node, knot: _Knot) -> Any:
        stack = self._stack
        frame = _Frame(node)
        stack.frames.append(frame)
        self.asked += 1
        try:
            value = self._queries[node[0]][0](self, *node[1:])
        finally:
            stack.frames.pop()
        knot.sources[node] = frame.reads & knot.members
        knot.reads |= frame.reads
        return value

    # ----------------------------------------------------------------------------------------------- verifying

    def _still_good(self, node: Node, memo: _Memo) -> bool:
        """Whether nothing that a remembered answer read has changed since; asks queries again where needed."""
        if node in self._active:
            return False
        self._active.add(node)
        try:
            for read in memo.reads:
                if self._stamp(read) > memo.verified:
                    return False
        finally:
            self._active.discard(node)
        memo.verified = self.revision
        return True

    def _stamp(self, node: Node) -> int:
        """When a node last changed; a question that cannot be answered apart counts as changed just now."""
        known = self._queries.get(node[0])
        if known is None:
            return self._changed.get(node, 0)
        memo = self._memo.get(node)
        if memo is None or node in self._active:
            return self.revision
        if memo.verified != self.revision and not self._still_good(node, memo):
            stack, self._stack = self._stack, _Stack()
            try:
                memo = self._compute(node, known[0], memo)
            except _Crossed:
                return self.revision
            finally:
                self._stack = stack
        return memo.changed

    # ------------------------------------------------------------------------------ answers computed together

    def _store(self, node: Node, value: Any, reads: tuple[Node, ...]) -> None:
        old = self._memo.get(node)
        changed = old.changed if old is not None and same(old.value, value) else self.revision
        self._memo[node] = _Memo(value, reads, changed, self.revision)

    def remember(
        self, name: str, function: Callable[..., Any], args: tuple[Any, ...], value: Any, reads: Iterable[Node]
    ) -> None:
        """Store an answer that was computed together with others (a fixpoint over a cycle), with what it read."""
        node: Node = (name, *args)
        self._queries[name] = (function, None)
        self._store(node, value, tuple(set(reads) - {node}))

    def remembered(self, name: str, args: tuple[Any, ...]) -> Any:
        """The valid remembered answer of a query, or None; records the read when there is one."""
        node: Node = (name, *args)
        memo = self._memo.get(node)
        if memo is None or (memo.verified != self.revision and not self._still_good(node, memo)):
            return None
        self._read(node)
        return memo.value

    @contextmanager
    def isolated(self) -> Iterator[None]:
        """Work whose reads the running query does not record: it reads the remembered results instead."""
        stack, self._stack = self._stack, _Stack()
        active, self._active = self._active, set()
        try:
            yield
        finally:
            self._stack, self._active = stack, active

    def reads_of(self, name: str, *args: Any) -> frozenset[Node]:
        """What a remembered answer read; for tests of the laws."""
        memo = self._memo.get((name, *args))
        return frozenset(memo.reads) if memo else frozenset()
