"""The rewrite against the host's own parser: whatever both know must come out the same."""

from __future__ import annotations

import ast
import sys
from typing import Any

import pytest
from dumping import dump
from forcing import forced
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import EXPRESSIONS, MODULES

from layercheck.parsing import host_parse, parse

own_oracle = pytest.mark.skipif(
    sys.version_info < (3, 13), reason="the host cannot parse all of it, or places it elsewhere"
)


def host_tree(text: str) -> Any:
    """The tree that the host's parser gives, or None when chance made no Python (or what CPython has a fault with)."""
    try:
        return host_parse(text, "x")
    except SyntaxError:
        return None


@own_oracle
@pytest.mark.parametrize("target", [(3, 11), (3, 12)])
@given(text=MODULES)
def test_rewrite_equals_the_host(target: tuple[int, int], text: str) -> None:
    expected = host_tree(text)
    assume(expected is not None)
    tree = forced(text, target)
    if tree is not None:
        assert dump(tree) == dump(expected)


@own_oracle
@given(first=EXPRESSIONS, second=EXPRESSIONS)
def test_unparenthesised_exceptions_are_the_tuple_of_what_stands_there(first: str, second: str) -> None:
    """Without parentheses all moves one column to the left of where it is with them."""
    first, second = (
        text.replace("\n", " ") if "#" not in text and "\\" not in text else "a" for text in (first, second)
    )
    bare = forced(f"try: pass\nexcept {first}, {second}: pass")
    closed = host_parse(f"try: pass\nexcept({first}, {second}): pass", "x")
    expected = closed.body[0].handlers[0].type  # type: ignore[attr-defined]
    found = bare.body[0].handlers[0].type
    assert dump(found.elts) == dump(expected.elts)
    assert (found.col_offset, found.end_col_offset) == (expected.col_offset + 1, expected.end_col_offset - 1)


@given(text=MODULES)
@example("type X[T] = int\nf'{a['b']}'\n")
def test_names_are_where_they_stand(text: str) -> None:
    """On every host, oracle or not: the source at the place of a name is that name."""
    try:
        tree = parse(text)
    except SyntaxError:
        assume(False)
    lines = [line.encode() for line in text.split("\n")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            assert lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode() == node.id


@given(text=st.text(alphabet="ab'\"{}[]()\\:=!#,*\n ft", max_size=40))
def test_nonsense_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        parse(text)
    except SyntaxError as error:
        line = error.lineno or 0
    else:
        line = 1
    assert 1 <= line <= text.count("\n") + 2


@own_oracle
@given(text=st.text(alphabet="ab'\"{}[]()\\:=!,*\n ft", max_size=30))
def test_what_the_host_takes_the_rewrite_takes(text: str) -> None:
    expected = host_tree(text)
    assume(expected is not None)
    tree = forced(text)
    if tree is not None:
        assert dump(tree) == dump(expected)
