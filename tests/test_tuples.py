"""Our `NamedTuple` against the one of `typing`."""

from __future__ import annotations

import copy
import pickle
import re
import typing
from pathlib import Path
from pickletools import genops

import pytest

from layercheck import tuples

SOURCES = [path for path in Path(tuples.__file__).parent.rglob("*.py") if path.name != "tuples.py"]


class Ours(tuples.NamedTuple):
    """A page."""

    name: str
    size: int = 3
    rest: typing.Any = None

    @property
    def doubled(self) -> int:
        """A property beside the fields."""
        return self.size * 2


class Theirs(typing.NamedTuple):
    """A page."""

    name: str
    size: int = 3
    rest: typing.Any = None

    @property
    def doubled(self) -> int:
        """A property beside the fields."""
        return self.size * 2


class Bare(tuples.NamedTuple):
    a: int


class Empty(tuples.NamedTuple):
    pass


def _without_name(text: str) -> str:
    return text.replace("Ours", "Theirs")


def _attempt(call: typing.Callable[[], object]) -> object:
    try:
        return call()
    except Exception as error:
        return type(error), _without_name(str(error))


@pytest.mark.parametrize(
    "use",
    [
        lambda kind: tuple(kind("a")),
        lambda kind: tuple(kind("a", rest=[1])),
        lambda kind: tuple(kind(size=1, name="b")),
        lambda kind: tuple(kind._make(["a", 1, 2])),
        lambda kind: kind._make(["a"]),
        lambda kind: kind(),
        lambda kind: kind("a", 1, 2, 3),
        lambda kind: kind("a", other=1),
        lambda kind: kind("a", name="b"),
        lambda kind: tuple(kind("a")._replace(size=9)),
        lambda kind: kind("a")._replace(other=9),
        lambda kind: kind("a")._asdict(),
        lambda kind: kind("a").doubled,
        lambda kind: setattr(kind("a"), "name", "b"),
        lambda kind: setattr(kind("a"), "another", "b"),
        lambda kind: kind("a") == ("a", 3, None),
        lambda kind: hash(kind("a")) == hash(("a", 3, None)),
        lambda kind: tuple(copy.copy(kind("a"))),
        lambda kind: copy.deepcopy(kind("a", rest=[])).rest,
        lambda kind: kind("a")[1:],
        lambda kind: kind.__annotations__.keys(),
        lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__, kind.__doc__, kind.__bases__),
        lambda kind: (kind.__module__, kind.name.__doc__, kind.__slots__),
    ],
)
def test_is_used_as_the_one_of_typing(use: typing.Callable[[typing.Any], object]) -> None:
    assert _attempt(lambda: use(Ours)) == _attempt(lambda: use(Theirs))


def test_is_shown_as_the_one_of_typing() -> None:
    assert repr(Theirs("a", rest="x")) == _without_name(repr(Ours("a", rest="x")))
    assert repr(Empty()) == "Empty()"
    assert Bare.__doc__ == "Bare(a)"
    assert Ours.__qualname__ == "Ours"


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_as_the_one_of_typing(protocol: int) -> None:
    ours = pickle.dumps(Ours("a"), protocol)
    assert pickle.loads(ours) == Ours("a")
    assert type(pickle.loads(ours)) is Ours
    assert [code.name for code, _, _ in genops(ours)] == [
        code.name for code, _, _ in genops(pickle.dumps(Theirs("a"), protocol))
    ]


def test_no_module_makes_those_of_typing() -> None:
    assert {
        path.name
        for path in SOURCES
        if re.search(r"^from typing import .*\bNamedTuple\b", path.read_text("utf-8"), re.M)
    } == set()


def test_matches() -> None:
    match Ours("a", 5):
        case Ours(name, size=5):
            assert name == "a"
        case _:
            pytest.fail("does not match")


def test_refuses_what_typing_refuses() -> None:
    with pytest.raises(TypeError, match="follows one with a default"):
        type(tuples.NamedTuple)("Wrong", (tuples.NamedTuple,), {"__annotations__": {"a": "int", "b": "int"}, "a": 1})
    with pytest.raises(AttributeError, match="_make"):
        type(tuples.NamedTuple)("Wrong", (tuples.NamedTuple,), {"__annotations__": {"a": "int"}, "_make": 1})
    with pytest.raises(TypeError, match="can only inherit"):
        type(tuples.NamedTuple)("Wrong", (tuples.NamedTuple, int), {})
