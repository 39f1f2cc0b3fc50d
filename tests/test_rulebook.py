"""The rules as a table say what the modules say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from layercheck import rulebook
from layercheck.registry import LoadedRule, rules
from layercheck.rulebook import Late, late, plain
from support import write_tree

FILES = {
    "pyproject.toml": "[project]\n",
    "app/main.py": "def run():\n    print('x')\n    raise Exception('a')\n",
    "app/other.py": "import logging\n\nlogging.info('x')\n",
}


def from_table() -> list[tuple[LoadedRule, LoadedRule]]:
    shared: dict[rulebook.Address, Late] = {}
    return [(loaded, late(plain(loaded), shared)) for loaded in rules()]


def test_the_table_says_what_the_modules_say() -> None:
    files: dict[object, object] = {}
    for loaded, stored in from_table():
        assert stored._replace(checks=()) == loaded._replace(checks=())
        for (item, check), (stored_item, function) in zip(stored.checks, loaded.checks, strict=True):
            assert item == stored_item
            assert isinstance(check, Late)
            assert check._found() is function
            assert check.words == getattr(function, "words", None)
            for mark in ("like", "texts", "where", "files"):
                ours, theirs = getattr(check, mark), getattr(function, mark, None)
                assert (ours is None) == (theirs is None), (loaded.module, mark)
                if theirs is not None:
                    assert ours._found() is theirs
            if check.files is not None:
                asked: Any = function
                assert files.setdefault(asked.files, check.files) is check.files, (
                    "those that ask the same share the answer"
                )


def run(folder: Path, cache: Path, *more: str) -> tuple[str, int]:
    """Check a project in a process of its own: what it prints, and how many modules of rules it imports."""
    code = (
        "import sys\nfrom layercheck.adapters import cli\ntry:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(str(sum(m.startswith('layercheck.rules.') for m in sys.modules)))"
    )
    source = os.path.dirname(os.path.dirname(os.path.abspath(rulebook.__file__)))
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code, ".", "--jobs", "1", "--cache-dir", str(cache), *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout, int(ran.stderr)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "project", FILES)


def test_a_run_after_a_change_imports_few_rules_and_finds_the_same(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    _, all_of_them = run(project, cache)
    (project / "app/other.py").write_text("import logging\n\n\nlogging.info('x')\nlogging.error('y')\n")
    found, some = run(project, cache)
    assert some < all_of_them * 0.8
    anew, _ = run(project, tmp_path / "another")
    assert found == anew


def test_a_table_of_other_code_or_no_table_is_a_miss(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    found, all_of_them = run(project, cache)
    for content in (b"", b"no table", (cache / "rules.table").read_bytes()[:-9]):
        (cache / "rules.table").write_bytes(content)
        (project / "app/other.py").write_text(f"import logging\n\nlogging.info('x')\n# {len(content)}\n")
        again, imported = run(project, cache)
        assert again == found
        assert imported == all_of_them


def test_a_table_inside_the_project_is_neither_read_nor_written(project: Path) -> None:
    run(project, project / ".cache")
    assert not (project / ".cache/rules.table").exists()
