"""What the last run found out and the next one need not: its answers, each with what it stands on.

DESIGN: keeping every answer would take longer than most answers take. Four sorts are kept: those to questions about the whole
project (there are some sixty, and nearly everything stands on them), what these read, and by file and by body the findings and what
is dear (`KEPT`). What each stands on is a graph (`readsets`). After a change the rows of the changed files are compared, old against new,
which gives the leaves that were touched. From there the change goes up: a question that stands on something that changed is asked
again, those below it first, and if its answer is what it was, the change stops there. So a change costs what it reaches. All else is as in a first run: what does not hold is asked anew.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from typing import Any

from layercheck.nodes import Grounded, same
from layercheck.project import KEPT, Project, find_query
from layercheck.stored_values import NOT_STORED, arguments_of, question_of, restored

BY_FILE = "checks.of_file"
_FINDINGS = (BY_FILE, "checks.of_code", "checks.of_items")
"""The questions whose answers are findings. They are asked again file by file, in the order in which findings are shown."""
KEPT.update((*_FINDINGS, "checks.running"))


class Previous:
    """The answers of the last run, in a project in which something has changed since.

    DESIGN: a change goes up, from what it touched to what stands on that, the lowest first (by rank, see `stored_graph`). A question that it
    meets is asked again when all below it is settled, and where the same answer comes out the change stops there: nothing above is looked
    at because of it. So what is not met costs nothing. While a question is asked it may ask another one, which may stand on what is not
    yet settled: below the rank up to which all is settled it does not, and otherwise a walk down tells. In doubt it is answered anew. So nothing is
    built on doubt, and it does not matter for an answer in which order questions are settled. Where a stored graph turns
    out to be damaged, nothing holds from then on.
    """

    def __init__(self, project: Project, touched: Iterable[int]) -> None:
        """`touched`: the nodes that changed, or are not to be trusted. The project must know the graph of the last run, and must
        not have been asked anything yet."""
        self._project = project
        self._sets = project.readsets
        self._graph = project.readsets.earlier
        self._first = len(self._sets)
        self._moved = dict(self._sets.below)
        """Questions that stand on other nodes than when they were made, as the last run has left them."""
        self._moved_above: dict[int, list[int]] = {}
        """Node -> those of them that stand on it."""
        self._changed: set[int] = set()
        """The nodes that are not what they were."""
        self._settled: set[int] = set()
        """Those that something below them might have changed, and has not."""
        self._waiting: set[int] = set()
        """Those that are to be settled, and"""
        self._queue: list[tuple[int, int]] = []
        """they by rank; some that no longer wait are left in it."""
        self._level: float = 0
        """All that has a rank up to this is settled, unless it waits."""
        self._clean: set[int] = set()
        """Nodes above the level below which nothing has changed or waits."""
        self._doubts: dict[int, int] = {}
        """Node -> something below it that had changed or waited when it was looked at."""
        project.earlier = self._answer
        self._settle(touched)

    def _settle(self, touched: Iterable[int]) -> None:
        """Settle all that the change may have reached."""
        rank = self._graph.rank
        for node, below in self._moved.items():
            for child in below:
                self._moved_above.setdefault(child, []).append(node)
            if any(rank(child) >= rank(node) for child in below):
                self._doubt(node)  # what is above it may have a rank below what it stands on
        for node in touched:
            self._change(node)
        while self._queue:
            level, node = heapq.heappop(self._queue)
            self._level = level
            self._is_other(node)
        self._level = math.inf

    def _change(self, node: int) -> None:
        """A node is not what it was: neither may be what stands on it."""
        self._changed.add(node)
        self._waiting.discard(node)
        for above in (*self._graph.above(node), *self._moved_above.get(node, ())):
            self._doubt(above)

    def _doubt(self, node: int) -> None:
        if node not in self._changed and node not in self._settled and node not in self._waiting:
            self._waiting.add(node)
            heapq.heappush(self._queue, (self._graph.rank(node), node))

    def _below(self, node: int) -> Sequence[int]:
        """What a node stood on when the last run had ended."""
        return self._moved[node] if node in self._moved else self._graph.below(node)

    def holds(self, node: int) -> bool:
        """Whether the answer to a question that was kept still holds."""
        return node not in self._changed and not self._graph.damaged

    def _is_other(self, node: int) -> bool:
        """Settle a node: whether it is no longer what it was. All doubtful ones below it are settled, so that what is asked again because of
        it finds those that hold."""
        if node in self._changed:
            return True
        waits = node in self._waiting
        if node in self._settled or (not waits and self._is_sound(node)):
            return False
        found = node in self._sets.renewed
        if waits and node not in self._moved and self._graph.rank(node) <= self._level:
            found = True  # something below it has changed, and all there is settled
        elif not found:
            for below in self._below(node):
                if self._is_other(below):
                    found = True
        if found and self._has_the_same_answer(node):
            found = False
        if found:
            self._change(node)
        else:
            self._settled.add(node)
            self._waiting.discard(node)
        return found

    def _is_sound(self, node: int) -> bool:
        """Whether a node that neither waits nor has changed stands on nothing that does, or has: it is what it was."""
        rank, level = self._graph.rank, self._level
        if node in self._settled or node in self._clean or rank(node) <= level:
            return True
        witness = self._doubts.get(node)
        if witness is not None and (witness in self._waiting or witness in self._changed):
            return False
        seen, to_see = {node}, [node]
        while to_see:
            one = to_see.pop()
            for below in self._below(one):
                if below in seen or below in self._settled or below in self._clean:
                    continue
                if below in self._waiting or below in self._changed or below in self._sets.renewed:
                    self._doubts[node] = below
                    return False
                if rank(below) > level:
                    seen.add(below)
                    to_see.append(below)
        self._clean |= seen
        return True

    def _has_the_same_answer(self, node: int) -> bool:
        """Whether a question, asked again, has the answer that it had; other nodes have none."""
        group = self._sets.owner(node)
        if group is None:
            return False
        question, answer = group.question(node), group.answer(node)
        if question is None or answer is NOT_STORED:
            return False
        name: str = question[0]
        known = None if name in _FINDINGS else self._project.introduced(name) or find_query(name)
        if known is None:
            return False
        function, bottom = known
        try:
            return same(restored(answer), self._project.ask(name, function, bottom, arguments_of(question)))
        except Exception:  # layercheck: ignore[LC304] it is about what is gone, or fails again where that is told
            return False

    def _answer(self, name: str, args: tuple[Any, ...]) -> Grounded | None:
        """The answer to a question, if it was kept and still holds."""
        if name not in self._sets.names:
            return None
        question = question_of((name, *args))
        if question is None:
            return None
        group = self._sets.group(self._sets.group_of(question))
        node = group.node(question)
        if not node or node >= self._first or node in self._changed or node in self._waiting:
            return None
        if not self._is_sound(node) or self._graph.damaged:
            return None
        answer = group.answer(node)
        try:
            return None if answer is NOT_STORED else Grounded(name, args, restored(answer), node, kept=True)
        except (ValueError, EOFError, TypeError):  # nothing of ours, so it is asked anew
            return None

    def untrusted(self) -> list[int]:
        """The questions whose answers may be others now, and were not asked for in this run."""
        sets = self._sets
        return [node for node in self._changed - sets.renewed if sets.path_of_question(node)]
