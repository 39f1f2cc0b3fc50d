"""Programs that run, their statements counted with few and with many rows, against the findings: benchmarks/truth/queries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks" / "truth" / "queries"))

import compare
from measure import COLUMN, LAZY, SENT, Run, Statement

QUERIES = compare.HERE
MARKED = compare.Program("one", QUERIES, "one", {"one.py": "for row in rows:\n    row.author  # grows: LC602\n"})
SILENT = compare.Program("none", QUERIES, "none", {"none.py": "for row in rows:\n    row.title\n"})


def sent(kind: str, line: int, few: int, many: int, path: str = "one.py") -> tuple[Run, Run]:
    statement = Statement(kind, frozenset({(path, line)}))
    return Run(((statement, few),)), Run(((statement, many),))


@pytest.mark.slow
def test_every_program_agrees() -> None:
    done = subprocess.run([sys.executable, str(QUERIES / "run.py")], capture_output=True, text=True, check=False)
    disagree = [line for line in done.stdout.splitlines() if line.startswith("| ") and "agrees |" not in line]
    assert done.returncode == 0, "\n".join([*disagree, done.stderr])


def test_the_whole_of_the_programs_is_there() -> None:
    found = compare.programs()
    assert len(found) >= 40
    assert len([p for p in found if len(p.files) > 3]) >= 5, "some have routers, services, repositories and schemas"


@pytest.mark.parametrize("kind", [LAZY, COLUMN])
def test_growth_at_a_mark_is_as_it_should_be(kind: str) -> None:
    assert not list(compare.untrue(MARKED, *sent(kind, 2, 3, 30)))


@pytest.mark.parametrize(
    ("program", "runs"),
    [
        pytest.param(MARKED, sent(LAZY, 2, 3, 3), id="marked but does not grow"),
        pytest.param(MARKED, sent(SENT, 2, 3, 30), id="grows for another reason"),
        pytest.param(MARKED, sent(LAZY, 1, 3, 30), id="grows elsewhere"),
        pytest.param(SILENT, sent(LAZY, 2, 3, 30, "none.py"), id="grows without a mark"),
        pytest.param(SILENT, (Run((), "ValueError"), Run(())), id="does not run"),
    ],
)
def test_a_mark_that_is_not_true_is_noticed(program: compare.Program, runs: tuple[Run, Run]) -> None:
    assert list(compare.untrue(program, *runs))


def test_a_statement_for_every_tenth_row_does_not_grow_with_the_rows() -> None:
    assert not list(compare.untrue(SILENT, *sent(SENT, 2, 1, 3, "none.py")))


def test_missed_and_false_findings_are_named() -> None:
    false = compare.Mark("one.py", 1, "LC601")
    assert list(compare.disagreements(MARKED, frozenset({false}))) == ["missed LC602 one.py:2", "false LC601 one.py:1"]
