"""The nodes of the graph that are about one file, with the answers of those that are questions: made in a first run, looked up in later ones.

DESIGN: a first run makes a hundred thousand of them and looks none up, as it asks no question twice. So they are kept in lists, which take less memory and
time than dictionaries, and what finds a node in them is made when somebody looks for one: by a run after a change, for the few groups that it reads.
"""

from __future__ import annotations

import marshal
from array import array
from typing import Any

from layercheck.stored_values import NOT_STORED, are_alike

Leaf = tuple[Any, ...]
Question = tuple[Any, ...]
"""(query, *its arguments), as `stored_values.question_of` gives it"""
_UNSIGNED = "I"


class Group:
    """The nodes that are about one file, or the answers of one query about none; "" has the leaves that are about none."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        """Under which number its questions are known in the graph; 0 while that is not known."""
        self._leaves: list[Leaf] = []
        self._leaf_nodes: array[int] = array(_UNSIGNED)
        self._questions: list[Question] = []
        self._nodes: array[int] = array(_UNSIGNED)
        self._answers: list[Any] = []
        """As `stored_values.stored` gives them."""
        self._known_leaves: dict[Leaf, int] | None = None
        """What finds the node of a leaf, and"""
        self._known: dict[Question, int] | None = None
        """where the node of a question lies, and"""
        self._places: dict[int, int] = {}
        """where a node lies."""

    def add_leaf(self, leaf: Leaf, node: int) -> None:
        """Add a leaf that is not there."""
        self._leaves.append(leaf)
        self._leaf_nodes.append(node)
        if self._known_leaves is not None:
            self._known_leaves[leaf] = node

    def leaf(self, leaf: Leaf) -> int:
        """The node of a leaf, 0 where there is none."""
        if self._known_leaves is None:
            self._known_leaves = dict(zip(self._leaves, self._leaf_nodes, strict=True))
        return self._known_leaves.get(leaf, 0)

    def add(self, question: Question, node: int, answer: Any) -> None:
        """Add a question that is not there, with its answer."""
        if self._known is not None:
            self._known[question] = self._places[node] = len(self._questions)
        self._questions.append(question)
        self._nodes.append(node)
        self._answers.append(answer)

    def node(self, question: Question) -> int:
        """The node of a question, 0 where there is none."""
        at = self._index().get(question)
        return 0 if at is None else self._nodes[at]

    def question(self, node: int) -> Question | None:
        """The question that a node is, None where it is none of this group."""
        self._index()
        at = self._places.get(node)
        return None if at is None else self._questions[at]

    def answer(self, node: int) -> Any:
        """The answer to the question that a node is, `NOT_STORED` where there is none."""
        self._index()
        at = self._places.get(node)
        return NOT_STORED if at is None else self._answers[at]

    def answer_again(self, node: int, answer: Any) -> bool:
        """Note the answer that a question of this group has now. Whether it is another one than it was."""
        self._index()
        at = self._places[node]
        if are_alike(self._answers[at], answer):
            return False
        self._answers[at] = answer
        return True

    def _index(self) -> dict[Question, int]:
        if self._known is None:
            places = range(len(self._questions))
            self._known = dict(zip(self._questions, places, strict=True))
            self._places = dict(zip(self._nodes, places, strict=True))
        return self._known

    def packed(self) -> bytes:
        """The group as it is stored."""
        nodes = self._leaf_nodes.tobytes(), self._nodes.tobytes()
        return marshal.dumps((self.number, self._leaves, nodes[0], self._questions, nodes[1], self._answers))


def unpacked(data: bytes) -> Group:
    """A group that was stored. Raises ValueError, EOFError or TypeError where it is none."""
    number, leaves, leaf_nodes, questions, nodes, answers = marshal.loads(data)
    found = Group(number)
    found._leaves, found._questions, found._answers = leaves, questions, answers
    found._leaf_nodes.frombytes(leaf_nodes)
    found._nodes.frombytes(nodes)
    return found
