"""Depth and size: nothing crashes the interpreter, nothing flat is refused."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from layercheck.parsing import TooDeep, parse

DEPTH = 5000
ALWAYS_TOO_DEEP = {
    "parentheses": "x = " + "(" * DEPTH + "1" + ")" * DEPTH,
    "lists": "x = " + "[" * DEPTH + "1" + "]" * DEPTH,
    "unclosed": "{" * DEPTH,
    "lambdas": "x = " + "lambda: " * DEPTH + "1",
    "blocks": "".join(" " * level + "if x:\n" for level in range(DEPTH)) + " " * DEPTH + "pass\n",
    "powers": "x = 1" + "**1" * DEPTH,
    "signs": "x = " + "-" * 100_000 + "1",
    "f-strings": "x = " + "f'{" * DEPTH + "1" + "}'" * DEPTH,
}
HOST_DECIDES = {
    "negations": "x = " + "not " * DEPTH + "y",
    "attributes": "x = a" + ".b" * DEPTH,
    "calls": "x = a" + "()" * 100_000,
    "sum": "x = 1" + "+1" * 100_000,
    "conditions": "x = " + "1 if 1 else " * DEPTH + "1",
    "elif": "if a:\n    pass\n" + "elif b:\n    pass\n" * DEPTH,
    "f-strings within limits": "x = " + "f'{" * 90 + "1" + "}'" * 90,
}
NEWER = ("", "type X = int\n", "try: pass\nexcept A, B: pass\n")
PROGRAM = """
import json, sys
from layercheck.parsing import TooDeep, parse
for text in json.load(sys.stdin):
    for limit in (1000, 20_000):
        sys.setrecursionlimit(limit)
        try:
            parse(text)
            print("parsed")
        except TooDeep as error:
            print("too deep:", error.msg)
"""


@pytest.mark.parametrize("name", [*ALWAYS_TOO_DEEP, *HOST_DECIDES])
def test_depth_never_crashes_the_interpreter(name: str) -> None:
    """Neither alone nor behind what is newer than some hosts, and under any limit of recursion."""
    texts = [newer + (ALWAYS_TOO_DEEP.get(name) or HOST_DECIDES[name]) for newer in NEWER]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), f"after {done.stdout.splitlines()}"
    said = done.stdout.splitlines()
    assert len(said) == 2 * len(texts)
    assert all(line.startswith("too deep: " if name in ALWAYS_TOO_DEEP else ("parsed", "too deep: ")) for line in said)


def test_too_deep_says_where_and_why() -> None:
    with pytest.raises(TooDeep) as caught:
        parse("x = 1\ny = " + "(" * 300 + ")" * 300, "app/main.py")
    assert (caught.value.filename, caught.value.lineno) == ("app/main.py", 2)
    assert "too many nested parentheses" in caught.value.msg


@pytest.mark.parametrize("newer", ["", "type X = int\n"])
def test_flat_is_no_depth(newer: str) -> None:
    assert len(parse(newer + "x = [" + "1, " * 100_000 + "]\n").body[-1].value.elts) == 100_000  # type: ignore[attr-defined]
    assert len(parse(newer + "x = (" + "'a' " * 50_000 + ")\n").body) == 1 + bool(newer)


@pytest.mark.slow
@pytest.mark.parametrize("newer", ["", "type X = int\n"])
def test_five_megabytes(newer: str) -> None:
    text = newer + "name = 12345678\n" * 320_000
    assert len(text) > 5_000_000
    assert len(parse(text).body) == 320_000 + bool(newer)
