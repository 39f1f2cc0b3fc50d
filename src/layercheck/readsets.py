"""What answers stand on, as one graph that the next run can read: leaves, sets of them, and questions.

DESIGN: an engine for one look keeps no answer's reads, but the next run must be able to tell which answers a change reaches. So every
answer gets its *read set*: what it has read, down to *leaves* (rows, the set of files and the like) and *questions* whose answers are
kept, behind which a change can stop, because the same answer may come out again. Most read sets are small, and a small one is handed on as
it is, merged into those of its readers; a big one becomes a node of its own, and its readers refer to it. So the graph has about a node
for ten answers. All nodes have numbers, above those of what they stand on when they are made; those of earlier runs are looked up where they are
stored (`stored_graph`).

Leaves and questions belong to *groups*: those about one file. A run with one changed file reads the groups that the change reaches.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence, Set
from itertools import pairwise
from typing import Any

from layercheck.facts.rows import path_of
from layercheck.groups import Group, Question
from layercheck.stored_graph import Layer, StoredGraph, packed_layer
from layercheck.stored_values import NOT_STORED
from layercheck.tuples import NamedTuple

Node = tuple[Any, ...]
Ground = int | tuple[int, ...]
"""A read set: a node, or a few of them."""
PRESENCE = "file"
"""The name of the leaves that say whether a file is there."""
_FEW = 16
"""The size up to which a read set is no node."""


class Piece(NamedTuple):
    """The nodes that a process has made since the last time it was asked for them."""

    process: int
    first: int
    """The number of the first one."""
    children: bytes
    sizes: bytes
    """How many of the children each has."""
    leaves: list[tuple[int, Node]]
    questions: list[tuple[int, Question, Any]]
    """With their answers."""


class ReadSets:
    """The graph of read sets: grows while questions are answered."""

    def __init__(self, together: Set[str] = frozenset()) -> None:
        """`together`: the queries whose questions are in one group each, whatever they are about."""
        self.earlier = StoredGraph()
        """The nodes of earlier runs."""
        self.first = 1
        """The number of the first node that is of this run. 0 is no node's."""
        self._children = array("I")
        self._ends = array("I", [0])
        """What the nodes of this run stand on: the part of `_children` that begins at the one and ends at the next one of these."""
        self._owners = array("I")
        """The numbers of their groups, for those that are questions, else 0."""
        self.paths = [""]
        """The groups that have questions, by number; number 0 stands for none."""
        self.together = together
        self.names: set[str] = set()
        """The queries whose answers are kept."""
        self.renewed: set[int] = set()
        """The questions of earlier runs that were asked in this one."""
        self.below: dict[int, tuple[int, ...]] = {}
        """Questions of earlier runs that stand on other nodes than they did when they were made."""
        self.repeats = False
        """Whether what is added may be there already: it was made by an earlier run, by another process, or before answers were dropped."""
        self.telling = False
        """Whether somebody will ask for a `Piece`."""
        self.groups: dict[str, Group] = {}
        self.touched: set[str] = set()
        """The groups that have changed since they were loaded."""
        self.load: Callable[[str], Group | None] = lambda path: None
        """Reads a group that an earlier run has stored; None where there is none."""
        self._fresh_leaves: list[tuple[int, Node]] = []
        self._fresh_questions: list[tuple[int, Question, Any]] = []
        self._told = 1
        """The number of the first node that was not handed out in a `Piece`."""

    def __len__(self) -> int:
        return self.first + len(self._owners)

    def under(self, node: int) -> Sequence[int]:
        """What a node stands on."""
        if node in self.below:
            return self.below[node]
        at = node - self.first
        return self.earlier.below(node) if at < 0 else self._children[self._ends[at] : self._ends[at + 1]]

    def group(self, path: str) -> Group:
        """A group by its name (see `group_of`); to be added to by this object alone."""
        found = self.groups.get(path)
        if found is None:
            found = self.groups[path] = self.load(path) or Group()
        return found

    def known_leaf(self, node: Node) -> int:
        """The number of something that can be read in the project, 0 where nobody has read it."""
        return self.group(_path_of_leaf(node)).leaf(node)

    def leaf(self, node: Node) -> int:
        """The number of something that can be read in the project; what is not known yet is asked for once."""
        path = _path_of_leaf(node)
        group = self.groups.get(path) or self.group(path)
        found = group.leaf(node) if self.repeats else 0
        if not found:
            found = self.set_of(())
            group.add_leaf(node, found)
            self.touched.add(path)
            if self.telling:
                self._fresh_leaves.append((found, node))
        return found

    def question(self, question: Question, below: Ground, answer: Any = NOT_STORED) -> int:
        """The number of a question whose answer is kept, with what that stands on now, and the answer, as it is stored."""
        path = self.group_of(question)
        group = self.groups.get(path) or self.group(path)
        children = below if isinstance(below, tuple) else (below,)
        found = group.node(question) if self.repeats else 0
        if not found:
            found = self.set_of(children, group.number or self._number(path, group))
            group.add(question, found, answer)
            self.names.add(question[0])
            self.touched.add(path)
            if self.telling:
                self._fresh_questions.append((found, question, answer))
        elif found < self.first:
            self.renewed.add(found)
            if set(children) != set(self.under(found)):
                self.below[found] = children
            if group.answer_again(found, answer):
                self.touched.add(path)
        return found

    def number(self, name: str, path: str) -> int:
        """The number of a question about a file, 0 where it was never asked."""
        return self.group(path).node((name, path))

    def _number(self, path: str, group: Group) -> int:
        """Number a group that has had no question yet."""
        group.number = len(self.paths)
        self.paths.append(path)
        return group.number

    def owner(self, node: int) -> Group | None:
        """The group of a question; None for other nodes."""
        path = self.path_of_question(node)
        return self.group(path) if path else None

    def path_of_question(self, node: int) -> str:
        """The name of the group of a question; "" for other nodes."""
        at = node - self.first
        return self.paths[self.earlier.owner(node) if at < 0 else self._owners[at]]

    def set_or_node(self, ids: set[int]) -> Ground:
        """A read set of these nodes: itself while it is small, else a node that stands on them."""
        return tuple(ids) if len(ids) <= _FEW else self.set_of(ids)

    def group_of(self, question: Question) -> str:
        """The group of a question: the Python file that its first argument is about, if it is about one, else its query."""
        name = question[0]
        path = path_of(question[1]) if len(question) > 1 and question[1].__class__ is str else ""
        return path if path.endswith(".py") and name not in self.together else "#" + name

    def set_of(self, children: Iterable[int], owner: int = 0) -> int:
        """A new node that stands on others; it has a number above theirs. `owner`: the number of its group, for a question."""
        flat, owners = self._children, self._owners
        flat.extend(children)
        self._ends.append(len(flat))
        owners.append(owner)
        return self.first + len(owners) - 1

    # ---------------------------------------------------------------------------------- from process to process

    def follow(self, earlier: StoredGraph) -> None:
        """Go on from the nodes that earlier runs have stored; before there are any of this run."""
        self.earlier = earlier
        self.repeats = True
        self.first = self._told = earlier.next

    def stored(self) -> tuple[int, Layer, bytes]:
        """What the next run is to know of the nodes of this one: how many of the layers of earlier ones stay, and the layer that comes behind
        these, with its pages. The others of them are in it."""
        earlier = self.earlier
        kept = earlier.joined(len(self) - self.first) if earlier.layers else 0
        first = earlier.layers[kept][0] if kept < len(earlier.layers) else self.first
        ends, children, owners = array("I"), array("I"), array("I")
        for node in range(first, self.first):
            children.extend(earlier.below(node))
            ends.append(len(children))
            owners.append(earlier.owner(node))
        ends.extend([end + len(children) for end in self._ends[1:]])
        children += self._children
        owners += self._owners
        return kept, *packed_layer(earlier, first, ends, children, owners)

    def piece(self, process: int) -> Piece:
        """The nodes that were made since the last time, for another process that has all earlier ones."""
        first = self._told
        ends = self._ends[first - self.first :]
        sizes = array("I", [end - begin for begin, end in pairwise(ends)])
        leaves, questions = self._fresh_leaves, self._fresh_questions
        self.forget_fresh()
        return Piece(process, first, self._children[ends[0] :].tobytes(), sizes.tobytes(), leaves, questions)

    def forget_fresh(self) -> None:
        """Whoever asks for a `Piece` later knows the nodes made until now."""
        self._told = len(self)
        self._fresh_leaves, self._fresh_questions = [], []


class Merger:
    """Joins the nodes that several processes have made on top of the same ones."""

    def __init__(self, into: ReadSets) -> None:
        self._into = into
        self._common = len(into)
        """The first number that means something else in each process."""
        self._known: dict[int, dict[int, int]] = {}
        """Process -> its number of a node -> ours."""

    def add(self, piece: Piece) -> dict[int, int]:
        """Add a piece; the pieces of one process come in order. Returns what the nodes that are not common to all are called here. Question by question
        the answers come with it."""
        into, known = self._into, self._known.setdefault(piece.process, {})
        into.repeats = True
        leaves = dict(piece.leaves)
        questions = {node: (question, answer) for node, question, answer in piece.questions}
        children, sizes = array("I"), array("I")
        children.frombytes(piece.children)
        sizes.frombytes(piece.sizes)
        start = 0
        for node, size in enumerate(sizes, piece.first):
            under = tuple([known.get(c, c) for c in children[start : start + size]])
            start += size
            if node in leaves:
                known[node] = into.leaf(leaves[node])
            elif node in questions:
                question, answer = questions[node]
                known[node] = into.question(question, under, answer)
            else:
                known[node] = into.set_of(under)
        return known


def _path_of_leaf(node: Node) -> str:
    if len(node) == 1:
        return ""
    path = path_of(node[1])
    # Most files that somebody asks for are not there; a group for each would be more groups than files.
    return path if "." in path and node[0] != PRESENCE else "#" + node[0]
