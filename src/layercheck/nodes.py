"""What the memory of answers is made of: rows and answers that can be read, and the questions that are being answered.

`answers` says what they are for.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable
from typing import Any

from layercheck.readsets import Ground

Node = tuple[Any, ...]


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


class Cell:
    """A node that is no question: something that stands in the project as it is, or is absent from it."""

    __slots__ = ("changed", "ground", "node", "value")
    verified = 1 << 62
    """There is nothing to be verified: `changed` says it all."""
    grounded = 0
    """Its bit is its own for good."""

    def __init__(self, node: Node, ground: int, value: Any = None, changed: int = 0) -> None:
        self.node = node
        self.ground: Any = ground
        """The bit of its part of the project (see `Answers`), or the number of its leaf (see `readsets`), 0 while it has none."""
        self.value = value
        self.changed = changed


class Given:
    """An answer for one look: nothing can change after it, so there is nothing to be remembered of what it read."""

    __slots__ = ("value",)
    verified: int = 1 << 62
    reads: tuple[Read, ...] = ()

    def __init__(self, value: Any) -> None:
        self.value = value


class Grounded(Given):
    """An answer for one look that the next run may take over: with its question, and its read set."""

    __slots__ = ("args", "ground", "kept", "name")
    grounded = changed = 0
    node: Node = ()

    def __init__(self, name: str, args: tuple[Any, ...], value: Any, ground: Ground, kept: bool = False) -> None:
        super().__init__(value)
        self.name = name
        self.args = args
        self.ground = ground
        """What it stands on; the node of its question where the answer is kept."""
        self.kept = kept


class Memo(Given):
    """An answer and what it read. There is one object a node, for good: whoever read the answer holds it."""

    __slots__ = ("below", "changed", "ground", "grounded", "groups", "node", "own", "reads", "verified")

    def __init__(self, node: Node, value: Any, reads: tuple[Read, ...], revision: int, own: int) -> None:
        super().__init__(value)
        self.node = node
        self.below = ground_of(reads)
        """The bits of what the answer stands on, as of `verified`."""
        self.own = own != 0
        """Whether it has a bit of its own."""
        self.ground = own or self.below
        """The bits that it hands on to those who read it."""
        self.reads = reads
        self.groups: list[tuple[int, tuple[Read, ...]]] | None = None
        """Many reads, in groups with the bits of each; made when they are first needed."""
        self.changed = self.verified = self.grounded = revision
        """When the answer last changed, was last found good, and when `ground` last changed."""


Read = Cell | Grounded | Memo


def ground_of(reads: Iterable[Read]) -> int:
    """The bits of what was read, where reads are recorded one by one."""
    return functools.reduce(operator.or_, [read.ground for read in reads], 0)


class Frame:
    """A question while it is being answered."""

    __slots__ = ("knotted", "loops", "members", "met", "node", "reads")

    def __init__(self, node: Node, reads: set[Read]) -> None:
        self.node = node
        self.reads = reads
        self.members: set[Node] | None = None
        """What it read of the knot that is being solved: those have no answers yet."""
        self.loops: set[Node] | None = None
        """Questions further up the stack whose bottom this answer used."""
        self.met = False
        """Whether somebody below got this question's bottom."""
        self.knotted = False
        """Whether it read a member of the knot that is being solved."""

    def looped(self) -> set[Node]:
        """`loops`, made when it is first needed: few answers use a bottom."""
        if self.loops is None:
            self.loops = set()
        return self.loops


class Knot:
    """Questions that depend on each other, while they are answered together."""

    __slots__ = ("before", "grown", "members", "pinned", "reads", "sources")

    def __init__(self, members: Iterable[Node]) -> None:
        self.members = set(members)
        self.before: dict[Node, Any] = {}
        """The answers of the last round."""
        self.sources: dict[Node, set[Node]] = {}
        """The members that each member read."""
        self.reads: set[Read] = set()
        """Of all rounds: an answer that holds itself up in the last round stands on what the first ones read."""
        self.grown = False
        self.pinned: set[Node] = set()
        """Members whose answers contradict each other: they stay at their bottoms."""


class Stack:
    """What is being answered at the moment."""

    __slots__ = ("frames", "knot", "order", "provisional", "running")

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.running: dict[Node, int] = {}
        self.provisional: dict[Node, tuple[Any, set[Node], set[Read]]] = {}
        """Answers on top of a bottom -> (value, loops, reads), good while those loops are open."""
        self.order: list[Node] = []
        """The provisional nodes in the order of their answers."""
        self.knot: Knot | None = None


class Crossed(BaseException):
    """A question asked apart from the stack met one that is being answered there: a wider circle. Never leaves this module."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node
