"""Path templates as Starlette compiles them: whether one answers every request that another would answer.

`{name}` is one segment, `{name:int}` digits, `{name:path}` anything (starlette/convertors.py). Whether a template covers another is a
question about regular languages and is answered exactly: both are small automata, and the later one is followed through all that the
earlier one may have read so far (subset construction). Convertors that the project registers itself are not known: they cover nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from layercheck.patterns import pattern

_PARAMETER = pattern(r"{([a-zA-Z_][a-zA-Z0-9_]*)(:[a-zA-Z_][a-zA-Z0-9_]*)?}")
_ANYTHING = pattern(r"{[a-zA-Z_][a-zA-Z0-9_]*:path}")
"""A template that is nothing but a parameter for the rest of the path."""
_HEX = "0123456789abcdefABCDEF"
_DIGITS = "0123456789"

Step = tuple[str, str, str]
"""What one state reads: (how often, kind, characters). How often: "1", "+", "*", "?" (at most once). Kind: "in", "out" (anything but)."""


def _steps_of(convertor: str) -> tuple[Step, ...] | None:
    match convertor:
        case "str":
            return (("+", "out", "/"),)
        case "path":
            return (("*", "out", ""),)
        case "int":
            return (("+", "in", _DIGITS),)
        case "uuid":
            one, dash = ("1", "in", _HEX), ("?", "in", "-")
            return (
                (one,) * 8 + (dash,) + (one,) * 4 + (dash,) + (one,) * 4 + (dash,) + (one,) * 4 + (dash,) + (one,) * 12
            )
    return None


class _Automaton:
    """States are numbered; `edges` say what each reads, `skips` where it may go without reading."""

    def __init__(self) -> None:
        self.edges: list[list[tuple[str, str, int]]] = [[]]
        self.skips: list[list[int]] = [[]]

    @property
    def last(self) -> int:
        return len(self.edges) - 1

    def state(self) -> int:
        self.edges.append([])
        self.skips.append([])
        return self.last

    def read(self, often: str, kind: str, characters: str) -> None:
        """One more step at the end."""
        here = self.last
        there = self.state()
        self.edges[here].append((kind, characters, there))
        if often in ("+", "*"):
            self.edges[there].append((kind, characters, there))
        if often in ("*", "?"):
            self.skips[here].append(there)

    def decimal(self) -> None:
        """`[0-9]+(\\.[0-9]+)?`, the float convertor."""
        self.read("+", "in", _DIGITS)
        whole = self.last
        self.read("1", "in", ".")
        self.read("+", "in", _DIGITS)
        self.skips[whole].append(self.state())
        self.skips[self.last - 1].append(self.last)

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        """The states and all that are reached from them without reading."""
        seen = set(states)
        stack = list(seen)
        while stack:
            for further in self.skips[stack.pop()]:
                if further not in seen:
                    seen.add(further)
                    stack.append(further)
        return frozenset(seen)

    def after(self, states: frozenset[int], character: str) -> frozenset[int]:
        """The states after one more character."""
        return self.closure(
            there
            for s in states
            for kind, characters, there in self.edges[s]
            if (character in characters) == (kind == "in")
        )


@lru_cache(maxsize=4096)
def _compile(path: str) -> _Automaton | None:
    automaton = _Automaton()
    position = 0
    for match in _PARAMETER.finditer(path):
        for character in path[position : match.start()]:
            automaton.read("1", "in", character)
        convertor = (match[2] or ":str")[1:]
        if convertor == "float":
            automaton.decimal()
        else:
            steps = _steps_of(convertor)
            if steps is None:
                return None
            for step in steps:
                automaton.read(*step)
        position = match.end()
    for character in path[position:]:
        automaton.read("1", "in", character)
    return automaton


def shape(path: str) -> str:
    """A template without the names of its parameters: "/users/{id:int}" -> "/users/{:int}"."""
    return _PARAMETER.sub(lambda m: f"{{{m[2] or ':str'}}}", path)


def literal_start(path: str) -> str:
    """What stands before the first parameter."""
    return path.partition("{")[0]


@lru_cache(maxsize=65536)
def covers(earlier: str, later: str) -> bool:
    """Whether every request path that the later template matches is matched by the earlier one too."""
    if shape(earlier) == shape(later):
        return True
    if "{" not in earlier:
        return False
    first, second = _compile(earlier), _compile(later)
    if first is None or second is None:
        return False
    if _ANYTHING.fullmatch(earlier):
        return True
    (mine, slash, rest), (other, same, more) = earlier.partition("/"), later.partition("/")
    if slash and same and not _crosses(mine) and not _crosses(other):
        return covers(mine, other) and covers(rest, more)  # both have read the one when they come to the other
    alphabet = _alphabet(earlier + later)
    start = (second.closure([0]), first.closure([0]))
    seen = {start}
    stack = [start]
    while stack:
        theirs, ours = stack.pop()
        if second.last in theirs and first.last not in ours:
            return False
        for character in alphabet:
            following = second.after(theirs, character)
            if following:
                state = (following, first.after(ours, character))
                if state not in seen:
                    seen.add(state)
                    stack.append(state)
    return True


def _crosses(text: str) -> bool:
    """Whether a parameter in a part of a template can hold a slash."""
    return any(convertor == ":path" for _, convertor in _PARAMETER.findall(text))


def _alphabet(text: str) -> frozenset[str]:
    """One character of each kind that the automata can tell apart: those that are written, and one of every class."""
    written = set(_PARAMETER.sub("", text))
    classes = (_DIGITS, "abcdefABCDEF", "/", ".", "-", "gG~_xyz!")
    return frozenset(
        written | {c for group in classes for c in [next((c for c in group if c not in written), group[0])]}
    )
