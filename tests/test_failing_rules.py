"""A rule that fails is a fault of ours, is told as one, and hides nothing of what others found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import layercheck.engine
from layercheck.adapters.cli.commands import cli as main
from layercheck.config import load_settings
from layercheck.engine import Engine
from layercheck.facts.rows import Body
from layercheck.hosted import Host, HostOptions
from layercheck.model import Fault
from layercheck.project import Project
from layercheck.registry import rules
from support import write_tree

CODE = "LC301"
FILES = {
    "pyproject.toml": "[project]\n",
    "app/jobs.py": "def run():\n    print('x')\n    raise Exception('a')  # layercheck: ignore[LC301]\n",
    "app/other.py": "def stop():\n    print('y')\n",
}


def breaks(body: Body, project: Project) -> Iterator[Fault]:
    if body.path.endswith("jobs.py"):
        raise KeyError("gone")
    return iter(())


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project, and a rule that fails in one of its files."""
    changed = tuple(r._replace(checks=(("Body", breaks),)) if r.rule.code == CODE else r for r in rules())
    monkeypatch.setattr(layercheck.engine, "rules", lambda: changed)
    return write_tree(tmp_path, FILES)


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_other_findings_stay(broken: Path, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layercheck.pool._SMALL", 0)
    settings = load_settings(str(broken), rules=[r.rule for r in rules()])
    engine = Engine(settings, jobs=jobs, cache_dir=str(broken / "cache"))
    found = {(f.path, f.code) for f in engine.findings_all() if f.code != "LC001"}
    assert found == {("app/jobs.py", "LC308"), ("app/other.py", "LC308")}, (
        "the comment for the failed rule is not called unused"
    )
    ((key, failure),) = engine.failures.items()
    assert key == (CODE, "app/jobs.py")
    assert failure.error == "KeyError: 'gone'"
    assert "breaks" in failure.trace
    again = Engine(settings, jobs=jobs, cache_dir=str(broken / "cache"))
    assert {(f.path, f.code) for f in again.findings_all() if f.code != "LC001"} == found
    assert again.failures.keys() == engine.failures.keys(), "what a failing rule left is not remembered as all there is"


def test_the_command_line_shows_both(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", str(broken), "--output-format", "concise", "--no-cache", "--jobs", "1"]
    with pytest.raises(SystemExit) as ended:
        main.main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out.count("LC308") == 2
    assert "LC301 failed in app/jobs.py: KeyError: 'gone'" in said.err
    assert "Traceback" not in said.err
    with pytest.raises(SystemExit):
        main.main([*arguments, "--verbose"])
    assert "Traceback" in capsys.readouterr().err


def test_a_host_goes_on(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    host = Host(HostOptions(starts=(str(broken),), jobs=1))
    file = broken / "app" / "jobs.py"
    assert "LC308" in {f.code for f in host.findings(str(file), file.read_text())}
    host.findings(str(file), file.read_text())
    assert capsys.readouterr().err.count("LC301 failed in app/jobs.py") == 1


def test_a_failure_is_forgotten_when_the_rule_gets_through(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_at_a_loop(body: Body, project: Project) -> Iterator[Fault]:
        if any(raw[0] == "while" for raw in body.raw_contexts):
            raise ValueError("a loop")
        return iter(())

    changed = tuple(r._replace(checks=(("Body", fails_at_a_loop),)) if r.rule.code == CODE else r for r in rules())
    monkeypatch.setattr(layercheck.engine, "rules", lambda: changed)
    engine = Engine(load_settings(str(broken), rules=[r.rule for r in rules()]), jobs=1, use_cache=False)
    engine.update("app/other.py", "def stop():\n    while True:\n        pass\n")
    engine.findings("app/other.py")
    assert engine.failures.keys() == {(CODE, "app/other.py")}
    engine.update("app/other.py", "def stop():\n    pass\n")
    engine.findings("app/other.py")
    assert not engine.failures


def boom(*_: object) -> bool:
    raise ValueError("what a check asks before it is called fails, too")


def says(body: Body, project: Project) -> Iterator[Fault]:
    yield Fault(body.place(0), {"name": "x"}, message="seen")


@pytest.mark.parametrize("mark", ["like", "texts", "files", "where"])
def test_what_a_check_asks_first_may_fail(mark: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The check then is called all the same; where it looks at the code itself, that is its own failure."""

    def check(body: Body, project: Project) -> Iterator[Fault]:
        return says(body, project)

    setattr(check, mark, boom)
    changed = tuple(r._replace(checks=(("Body", check),)) if r.rule.code == CODE else r for r in rules())
    monkeypatch.setattr(layercheck.engine, "rules", lambda: changed)
    write_tree(tmp_path, FILES)
    engine = Engine(load_settings(str(tmp_path), rules=[r.rule for r in rules()]), jobs=1, use_cache=False)
    found = {(f.path, f.code) for f in engine.findings_all()}
    assert {("app/jobs.py", "LC308"), ("app/other.py", "LC308")} <= found
    assert bool(engine.failures) == (mark == "where")
    assert (("app/other.py", CODE) in found) == (mark != "where")
