"""What the memory of answers is made of: rows and answers that can be read, and the questions that are being answered.

`answers` says what they are for.
"""

from __future__ import annotations

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


FOR_GOOD = 1 << 60
"""When something was last found good that need not be looked at again."""


class Given:
    """An answer for one look: nothing can change after it, so there is nothing to be remembered of what it read."""

    __slots__ = ("value", "verified")

    def __init__(self, value: Any, verified: int = FOR_GOOD) -> None:
        self.value = value
        self.verified = verified
        """The revision as of which it was last found good."""


class Read(Given):
    """What answers stand on."""

    __slots__ = ("ground",)

    def __init__(self, value: Any, ground: Any, verified: int = FOR_GOOD) -> None:
        self.value = value
        self.verified = verified
        self.ground = ground
        """What it hands on to those who read it: with READS bits (see `Answers`), else a read set (see `readsets`)."""


class Grounded(Read):
    """An answer for one look that the next run may take over: with its question, and its read set; the node of its question where the
    answer is kept."""

    __slots__ = ("args", "kept", "name")

    def __init__(self, name: str, args: tuple[Any, ...], value: Any, ground: Ground, kept: bool = False) -> None:
        self.value = value
        self.verified = FOR_GOOD
        self.ground = ground
        self.name = name
        self.args = args
        self.kept = kept


class Dated(Read):
    """Something whose changes are told by the revision."""

    __slots__ = ("changed", "grounded", "node")

    def __init__(self, node: Node, value: Any, ground: Any, changed: int = 0, grounded: int = 0) -> None:
        self.node = node
        self.value = value
        self.ground = ground
        self.changed = changed
        self.grounded = grounded
        """When `ground` last changed."""
        self.verified = FOR_GOOD


class Cell(Dated):
    """A node that is no question: something that stands in the project as it is, or is absent from it. There is nothing to be
    verified, `changed` says it all. Its ground is the bit of its part of the project, which is its own for good, or the number of its
    leaf, 0 while it has none."""

    __slots__ = ()


class Memo(Dated):
    """An answer and what it read. There is one object a node, for good: whoever read the answer holds it."""

    __slots__ = ("below", "groups", "own", "reads")

    def __init__(self, node: Node, value: Any, reads: tuple[Any, ...], revision: int, own: int) -> None:
        below = ground_of(reads)
        self.node = node
        self.value = value
        self.ground = own or below
        self.changed = self.grounded = self.verified = revision
        self.below: Any = below
        """The bits of what the answer stands on, as of `verified`."""
        self.own = own != 0
        """Whether it has a bit of its own."""
        self.reads: tuple[Dated, ...] = reads
        self.groups: list[tuple[Any, tuple[Dated, ...]]] | None = None
        """Many reads, in groups with the bits of each; made when they are first needed."""


def ground_of(reads: Iterable[Read]) -> int:
    """The bits of what was read, where reads are recorded one by one."""
    found = 0
    for read in reads:
        found |= read.ground
    return found


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
