"""Answers and questions as they are stored: what comes back is what was given, in value and in kind."""

from __future__ import annotations

from typing import Any

import pytest

from layercheck.groups import Group, unpacked
from layercheck.model import Finding
from layercheck.stored_values import NOT_STORED, are_alike, arguments_of, question_of, restored, stored

FINDING = Finding("a.py", 1, 2, 3, 4, "LC101", "x", "y", "error")
PLAIN: list[Any] = [None, True, 1, "x", (), ("x", None, 2), (("x", (1,)), ())]
SETS: list[Any] = [
    frozenset(),
    frozenset({"b", "a"}),
    frozenset({("a", None), ("a", "b")}),
    (True, frozenset({3, 1})),
    frozenset({frozenset({"x"}), frozenset({("y",)})}),
]
STRANGE: list[Any] = [b"x", 1.5, ..., FINDING, (FINDING,), frozenset({FINDING}), {"a": 1}, ["a"], (1, ["a"])]


def kinds(value: Any) -> Any:
    parts = sorted(value, key=repr) if isinstance(value, frozenset) else value
    return type(value), [kinds(part) for part in parts] if isinstance(parts, tuple | list) else None


@pytest.mark.parametrize("value", [*PLAIN, *SETS, *STRANGE])
def test_an_answer_comes_back_as_it_was(value: Any) -> None:
    back = restored(stored(value))
    assert back == value
    assert kinds(back) == kinds(value)


def test_what_is_plain_is_not_packed_by_itself() -> None:
    assert [type(stored(value)) for value in PLAIN] == list(map(type, PLAIN))
    assert stored(frozenset({"b", "a"})) == ["a", "b"]
    assert all(isinstance(stored(value), bytes) for value in STRANGE)


def test_what_cannot_be_stored_is_told() -> None:
    assert stored(lambda: None) is NOT_STORED


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (None, 0), (("a", 1), ("a", True)), ((), frozenset()), ((1,), frozenset({1})), (((1,),), ((True,),))],
)
def test_what_python_takes_for_equal_may_be_another_answer(one: Any, other: Any) -> None:
    assert are_alike(stored(one), stored(one))
    assert not are_alike(stored(one), stored(other))


@pytest.mark.parametrize(
    "node", [("q",), ("q", "a.py", True, None), ("q", "a.py", frozenset({"b", "a"})), ("q", ("a", 1)), ("q", b"x")]
)
def test_a_question_comes_back_as_it_was(node: tuple[Any, ...]) -> None:
    question = question_of(node)
    assert question is not None
    assert question[0] == "q"
    assert arguments_of(question) == node[1:]


def test_a_group_finds_what_was_added_before_and_after_it_was_first_looked_at() -> None:
    group = Group(3)
    group.add_leaf(("Body", "a.py:f"), 1)
    group.add(("q", "a.py"), 2, None)
    again = unpacked(group.packed())
    for found in (group, again):
        assert (found.number, found.leaf(("Body", "a.py:f")), found.leaf(("Body", "a.py:g"))) == (3, 1, 0)
        assert (found.node(("q", "a.py")), found.node(("r", "a.py"))) == (2, 0)
        assert found.answer(2) is None
        assert found.answer(9) is NOT_STORED
        found.add_leaf(("Body", "a.py:g"), 4)
        found.add(("r", "a.py"), 5, ["x"])
        assert (found.leaf(("Body", "a.py:g")), found.node(("r", "a.py")), found.question(5)) == (4, 5, ("r", "a.py"))
        assert not found.answer_again(5, ["x"])
        assert found.answer_again(2, NOT_STORED)
        assert found.answer(2) is NOT_STORED
