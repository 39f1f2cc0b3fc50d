"""Law 8: the same input gives the same output, whatever the workers, the hash seed, the order of asking and the cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import FIXTURES, read_tree, write_tree

pytestmark = pytest.mark.slow

CHILD = Path(__file__).with_name("child.py")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All fixtures side by side, as one repository with many roots, colliding names and broken files."""
    folder = tmp_path_factory.mktemp("everything")
    for rule in sorted(FIXTURES.iterdir()):
        for case in sorted(rule.glob("*/")):
            if not (case / "layercheck.toml").exists():
                write_tree(folder / rule.name.replace("-", "_") / case.name, read_tree(case))
                (folder / rule.name.replace("-", "_") / case.name / "pyproject.toml").write_text("[project]\n")
    return folder


def report(root: Path, *, seed: str = "0", jobs: int = 1, cache: Path | None = None, order: str = "") -> str:
    command = [sys.executable, str(CHILD), "report", str(root), str(jobs), str(cache or ""), order]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def expected(root: Path) -> str:
    text = report(root)
    assert text.count("LC") > 100, "enough is found to compare"
    return text


@pytest.mark.parametrize(
    ("seed", "jobs", "order"), [("1", 2, ""), ("4242", 3, ""), ("random", 1, "1")], ids=["two", "three", "order"]
)
def test_any_hash_seed_workers_and_order_of_asking(root: Path, expected: str, seed: str, jobs: int, order: str) -> None:
    """A run over everything takes seconds, so each differs in more than one way from the expected one."""
    assert report(root, seed=seed, jobs=jobs, order=order) == expected


def test_checks_have_nothing_to_say_where_they_are_not_called(root: Path, expected: str) -> None:
    """What a check says of the words it waits for (`only_with`, `TRIGGERS`) saves work and hides nothing."""
    assert report(root, order="unfiltered") == expected


@pytest.fixture(scope="module")
def filled(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A cache that a run has filled, and what that run said: one worker, asked for all at once, with another hash seed."""
    cache = tmp_path_factory.mktemp("filled") / "cache"
    return cache, report(root, cache=cache, seed="99")


@pytest.fixture
def cache(filled: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of that cache."""
    return shutil.copytree(filled[0], tmp_path / "cache")


def test_a_run_that_fills_the_cache(expected: str, filled: tuple[Path, str]) -> None:
    assert filled[1] == expected


def test_any_state_of_the_cache(root: Path, expected: str, cache: Path) -> None:
    assert report(root, cache=cache, seed="7", jobs=2) == expected, "warm"
    (stored,) = cache.glob("*.cache")
    content = stored.read_bytes()
    stored.write_bytes(content[: len(content) // 2])
    assert '"findings"' in report(root, cache=cache), "a damaged cache is no failure"
    assert report(root, cache=cache) == expected, "and the next run has a whole one"


def test_rows_of_the_cache_without_its_findings(root: Path, expected: str, cache: Path) -> None:
    """A file that was touched and one that was edited back: rows come from the cache, findings are made anew."""
    some = root / "db_access_in_route" / "bad_sync_session" / "zoo" / "routes" / "animals.py"
    content = some.read_bytes()
    some.write_bytes(content + b"\n\ndef later():\n    print('later')\n")
    assert report(root, cache=cache, order="3") != expected
    some.write_bytes(content)
    os.utime(some, (1, 1))
    assert report(root, cache=cache, order="4", seed="9") == expected
