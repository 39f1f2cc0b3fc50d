"""When the code of a body was unpacked, where it lay, and which answers were swept meanwhile, says nothing about findings."""

from __future__ import annotations

from pathlib import Path

import pytest

import layercheck.engine
import layercheck.facts.code
from layercheck.answers import Answers
from layercheck.engine import Engine
from layercheck.model import Finding
from layercheck.spool import Spool
from support import FIXTURES, read_tree, settings_for, write_tree


def findings(root: Path, cache: Path | None = None, jobs: int = 1) -> list[Finding]:
    settings = settings_for(root, select=("ALL",), profile="strict")
    use = cache is not None
    return Engine(settings, jobs=jobs, use_cache=use, cache_dir=str(cache), lasting=False).findings_all()


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of all fixtures."""
    tmp_path = tmp_path_factory.mktemp("everything")
    for rule in sorted(FIXTURES.iterdir()):
        for case in sorted(rule.glob("*/")):
            if not (case / "layercheck.toml").exists():
                folder = tmp_path / rule.name.replace("-", "_") / case.name
                write_tree(folder, read_tree(case))
                (folder / "pyproject.toml").write_text("[project]\n")
    return tmp_path


@pytest.fixture(scope="module")
def expected(everything: Path) -> list[Finding]:
    """What is found in it where everything lies unpacked in memory."""
    found = findings(everything)
    assert len(found) > 500
    return found


def test_a_body_may_be_unpacked_anew_at_any_time(
    everything: Path, expected: list[Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layercheck.facts.code, "_UNPACKED", 1)
    assert findings(everything) == expected


@pytest.fixture
def spool(monkeypatch: pytest.MonkeyPatch) -> Spool:
    """Code is packed soon, and what is packed goes to this spool at once."""
    made = Spool()
    monkeypatch.setattr(layercheck.facts.code, "_SPOOL", [made])
    monkeypatch.setattr(layercheck.facts.code, "_HELD", [])
    for name in ("_UNPACKED", "_BIG", "_AT_ONCE", "_SOME"):
        monkeypatch.setattr(layercheck.facts.code, name, 1)
    return made


def sweep_often(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries whose answers came when there were enough for a sweep, in this process."""
    swept: list[str] = []
    note = Answers._note_heavy

    def noted(self: Answers, name: str) -> None:
        note(self, name)
        if not self._heavy:
            swept.append(name)

    monkeypatch.setattr(Answers, "_note_heavy", noted)
    monkeypatch.setattr(layercheck.engine, "_BIG", 0)
    monkeypatch.setattr(layercheck.engine, "_HEAVY", 0.15)  # times two thousand fixtures
    return swept


@pytest.mark.plain
@pytest.mark.parametrize("jobs", [1, 2])
def test_code_may_lie_in_a_file_and_answers_be_swept(
    everything: Path, expected: list[Finding], spool: Spool, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = sweep_often(monkeypatch)
    assert findings(everything, jobs=jobs) == expected
    assert spool.used
    assert swept or jobs > 1


@pytest.mark.plain
def test_answers_are_swept_while_the_next_run_is_thought_of(
    everything: Path, expected: list[Finding], spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = sweep_often(monkeypatch)
    assert findings(everything, tmp_path) == expected
    assert swept
    (everything / "one_more.py").write_text("import os\n")
    try:
        again = findings(everything, tmp_path)
        assert again == findings(everything)
    finally:
        (everything / "one_more.py").unlink()
    assert spool.used
