"""What loops run over, what is handed over to run, and what stands behind abstract classes."""

from __future__ import annotations

import pytest

from layercheck.facts.rows import Body
from layercheck.project import Project
from layercheck.queries.batches import gives_slices, once_in_so_many
from layercheck.queries.callgraph import sites
from layercheck.queries.effects import SQL, effects
from layercheck.queries.handed import looped_by, looped_parameters, run_by
from layercheck.queries.implementations import sole_implementation
from layercheck.queries.listed import is_listed
from layercheck.queries.loops import innermost_loop
from support import project_of

CONSTANTS = """
from enum import Enum
TOWNS = ("Bonn", "Kiel", "Ulm", "Jena")
EMPTY = {}
FILLED = {"a": 1}
FILLED["b"] = 2
GROWN = ["a"]
GROWN.append("b")
class Size(Enum):
    SMALL = 1
class Base:
    sizes = (1, 2, 3, 4, 5)
"""


def loop_over(expression: str, before: str = "") -> bool:
    code = f"""
import constants
from constants import EMPTY, FILLED, GROWN, TOWNS, Base, Size
class Report(Base):
    def run(self, rows):
        {before or "pass"}
        for item in {expression}:
            print(item)
"""
    project = project_of({"constants.py": CONSTANTS, "report.py": code})
    body = project.get(Body, "report.py:Report.run")
    assert body is not None
    printed = next(site for site in sites(project, body.key) if site.call[1] == "print")
    loop = innermost_loop(body, printed.context)
    assert loop is not None
    return is_listed(project, body, loop.info[0])


@pytest.mark.parametrize(
    "expression",
    [
        "(1, 2, 3, 4, 5)", "[*TOWNS, 1]", "TOWNS", "constants.TOWNS", "sorted(TOWNS)", "enumerate(TOWNS)", "Size", "range(1, 13)",
        "self.sizes", "rows[:5]", "rows.limit(5).all()", "zip(rows, TOWNS)", "{'a': 1}.items()", "[t for t in TOWNS]",
        "TOWNS if rows else (1, 2)",
    ],
)  # fmt: skip
def test_what_the_source_lists(expression: str) -> None:
    assert loop_over(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "rows",
        "rows[5:]",
        "rows[:500]",
        "rows.limit(rows).all()",
        "rows.limit(50).all()",
        "EMPTY",
        "FILLED",
        "GROWN",
        "[*rows, 1]",
        "zip(rows, rows)",
        "range(rows)",
        "[]",
    ],
)
def test_what_it_does_not_list(expression: str) -> None:
    assert not loop_over(expression)


def test_a_local_literal_that_is_filled_is_none() -> None:
    assert loop_over("found", "found = ['a', 'b']")
    assert not loop_over("found", "found = {'a': 1}; found[rows] = 2")
    assert not loop_over("found", "found = ['a']; found.extend(rows)")
    assert not loop_over("found", "found = ['a']; found += rows")
    assert not loop_over("found", "found = found2 = found")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for i in range(0, len(xs), 9): yield xs[i : i + 9]", True),
        ("return [xs[i : i + 9] for i in range(0, len(xs), 9)]", True),
        ("while some := list(islice(it, 9)): yield some", True),
        ("for x in xs: yield x", False),
        ("return [x for x in xs]", False),
        ("return xs", False),
    ],
)
def test_functions_that_give_slices(body: str, expected: bool) -> None:
    project = project_of({"a.py": f"from itertools import islice\ndef f(xs):\n    it = iter(xs)\n    {body}\n"})
    assert gives_slices(project, "a.py:f") is expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [("len(xs) >= 9", True), ("n % 9 == 0", True), ("len(xs) == size", True), ("len(xs) > 0", False), ("len(xs) == 1", False), ("n > 9", False)],
)  # fmt: skip
def test_once_in_so_many(test: str, expected: bool) -> None:
    project = project_of({"a.py": f"def f(xs, n, size):\n    if {test}:\n        return n\n"})
    body = project.get(Body, "a.py:f")
    assert body is not None
    assert once_in_so_many(body.statements[0][1][0][0]) is expected


HANDED = """
import asyncio
from functools import partial
def load(key): ...
def each(keys, work):
    return [work(key) for key in keys]
def once(keys, work):
    return work(keys)
def fixed(work):
    return [work(n) for n in (1, 2, 3)]
def again(work):
    for attempt in range(3):
        try:
            return work(attempt)
        except ValueError:
            pass
def use(keys):
    asyncio.to_thread(load, 1)
    map(load, keys)
    map(partial(load), keys)
    map(load, (1, 2))
    each(keys, load)
    once(keys, load)
    fixed(load)
    again(load)
    each(keys, print)
"""


def test_functions_that_are_handed_over() -> None:
    project = project_of({"a.py": HANDED})
    body = project.get(Body, "a.py:use")
    assert body is not None
    found = [site for site in sites(project, body.key) if site.use == "stmt"]
    assert [run_by(project, body.key, site) for site in found] == ["a.py:load", *[None] * 8]
    looped = [looped_by(project, body, site) for site in found]
    assert looped == [None, "a.py:load", "a.py:load", None, "a.py:load", None, None, None, None]
    assert looped_parameters(project, "a.py:each") == ("work",)


def implementations(code: str) -> str | None:
    head = "from abc import ABC, abstractmethod\nfrom typing import Protocol\n"
    return sole_implementation(project_of({"a.py": head + code}), "a.py:Store.find")


ABSTRACT = "class Store(ABC):\n    @abstractmethod\n    def find(self): ...\n"
PROTOCOL = "class Store(Protocol):\n    def find(self): ...\n    def save(self): ...\n"
ONE = "class One(Store):\n    def find(self): return 1\n"
TWO = "class Two(Store):\n    def find(self): return 2\n"
ALIKE = "class Alike:\n    def find(self): return 1\n    def save(self): return 2\n"
HALF = "class Half:\n    def find(self): return 1\n"
PLAIN = "class Store:\n    def find(self): return 0\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (ABSTRACT + ONE, "a.py:One.find"),
        (ABSTRACT + ONE + TWO, None),
        (ABSTRACT, None),
        (PROTOCOL + ALIKE, "a.py:Alike.find"),
        (PROTOCOL + HALF, None),
        (PLAIN + ONE, None),
        ("class Store:\n    def find(self):\n        raise NotImplementedError\n" + ONE, "a.py:One.find"),
    ],
)
def test_the_only_implementation(code: str, expected: str | None) -> None:
    assert implementations(code) == expected


def guards(project: Project) -> set[tuple[tuple[str, bool], ...]]:
    return {e.guards for e in effects(project, "a.py:f") if e.name == SQL}


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("if session is None:\n        return 1", {(("session", True),)}),
        ("if not full:\n        raise ValueError", {(("full", True),)}),
        ("if not full:\n        print(full)", {()}),
        ("if full:\n        return 1\n    else:\n        print(full)", {()}),
    ],
)
def test_guard_clauses(clause: str, expected: set[tuple[tuple[str, bool], ...]]) -> None:
    code = f"from sqlalchemy.orm import Session\ndef f(session: Session, full):\n    {clause}\n    return session.execute('x')\n"
    assert guards(project_of({"a.py": code})) == expected


def test_a_guard_clause_does_not_hold_before_it() -> None:
    code = "from sqlalchemy.orm import Session\ndef f(s: Session, full):\n    s.execute('x')\n    if full:\n        return 1\n"
    assert guards(project_of({"a.py": code})) == {()}
