"""Law 3 from one run to the next: what a run takes over from the last one is what it would have found out itself."""

from __future__ import annotations

import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import apply, edits, projects
from layercheck.checks import Checks, StoredFinding
from layercheck.engine import Engine
from layercheck.facts.rows import Body
from layercheck.model import Finding
from layercheck.project import Project
from layercheck.stored_values import dumps, loads
from support import FIXTURES, read_tree, settings_for, write_tree

EXAMPLE = Path(__file__).parents[2] / "examples" / "bookshop"


def look(root: Path, cache: Path | None, jobs: int = 1) -> Engine:
    """An engine as the command line has it: for one look, with all rules."""
    settings = settings_for(root, select=("ALL",), profile="strict")
    where = None if cache is None else str(cache)
    return Engine(settings, jobs=jobs, use_cache=cache is not None, cache_dir=where, lasting=False)


def findings(root: Path, cache: Path | None, jobs: int = 1) -> list[Finding]:
    return look(root, cache, jobs).findings_all()


@given(data=st.data(), files=projects())
def test_a_run_after_edits_finds_what_a_first_run_finds(data: st.DataObject, files: dict[str, str]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        root, cache = folder / "root", folder / "cache"
        write_tree(root, files)
        findings(root, cache)
        for _ in range(data.draw(st.integers(1, 4))):
            changes = data.draw(edits(files))
            files = apply(files, changes)
            for path, text in changes:
                if text is None:
                    (root / path).unlink(missing_ok=True)
                else:
                    write_tree(root, {path: text})
            assert findings(root, cache) == findings(root, None)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of all sorts in one project."""
    folder = tmp_path_factory.mktemp("many")
    for rule in sorted(FIXTURES.iterdir())[::4]:
        for case in sorted(rule.glob("bad*/"))[:1]:
            if not (case / "layercheck.toml").exists():
                write_tree(folder / rule.name.replace("-", "_"), read_tree(case))
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_of_many_files_in_turn(many: Path, tmp_path: Path, jobs: int) -> None:
    """Each run edits another file: a function more, a function less, a file more, a file less."""
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    findings(root, cache, jobs)
    python = sorted(p for p in root.rglob("*.py") if p.stat().st_size > 200)
    for turn, path in enumerate(python[:: max(1, len(python) // 6)]):
        text = path.read_text()
        if turn % 4 == 0:
            path.write_text(text + "\n\ndef one_more(session, rows):\n    for row in rows:\n        session.commit()\n")
        elif turn % 4 == 1:
            path.write_text(text[: text.rindex("\n    ")] + "\n    pass\n")
        elif turn % 4 == 2:
            path.with_name("one_more.py").write_text(text)
        else:
            path.unlink()
        assert findings(root, cache, jobs) == findings(root, None)


def test_only_what_a_change_reaches_is_checked_again(many: Path, tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    first = look(root, cache)
    first.findings_all()
    path = max(root.rglob("*.py"), key=lambda p: p.stat().st_size)
    path.write_text(path.read_text() + "\n# nothing but a comment\n")
    second = look(root, cache)
    second.findings_all()
    assert second.stats.parsed == 1
    assert second.stats.checked < first.stats.checked / 10
    assert second.project.asked < first.project.asked / 10


@pytest.mark.plain
def test_a_new_function_leaves_the_code_beside_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What all code of a file stands on (what runs there, which names it has) is compared before it counts as changed."""
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(EXAMPLE, root)
    first = look(root, cache)
    first.findings_all()
    bodies = {path: [body.key for body in first.project.of_file(Body, path)] for path in first.project.files()}
    path = max(bodies, key=lambda p: len(bodies[p]))
    assert len(bodies[path]) > 3
    looked: list[str] = []
    of_code = Checks._of_code

    def noting(self: Checks, project: Project, key: str) -> tuple[StoredFinding, ...]:
        looked.append(key)
        return of_code(self, project, key)

    monkeypatch.setattr(Checks, "_of_code", noting)
    (root / path).write_text(
        (root / path).read_text() + "\n\ndef added_by_nobody(value: int) -> int:\n    return value + 1\n"
    )
    assert findings(root, cache)
    assert f"{path}:added_by_nobody" in looked
    assert {key for key in looked if key.startswith(f"{path}:")} == {f"{path}:", f"{path}:added_by_nobody"}
    assert len(looked) < len(bodies[path]) / 4


def test_dropping_answers_on_the_way_changes_nothing(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    expected = findings(root, None)
    monkeypatch.setattr("layercheck.engine._ANSWERS", 50)
    assert findings(root, None) == expected
    assert findings(root, cache) == expected
    path = next(root.rglob("*.py"))
    path.write_text(path.read_text() + "\n# a comment\n")
    assert findings(root, cache) == findings(root, None)


def test_lines_that_moved_are_shown_where_they_are(tmp_path: Path) -> None:
    """The steps that findings take through a file may not stay where they were."""
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(EXAMPLE, root)
    steps = {r.path for f in findings(root, cache) for r in f.chain if r.path != f.path and r.path.endswith(".py")}
    moved = min(steps)
    before = [r.line for f in findings(root, None) for r in f.chain if r.path == moved]
    (root / moved).write_text("\n\n\n" + (root / moved).read_text())
    after = findings(root, None)
    assert sorted(r.line for f in after for r in f.chain if r.path == moved) == [line + 3 for line in sorted(before)]
    assert findings(root, cache) == after


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    """Every hundredth byte is another one."""
    return bytes(byte ^ (255 if at % 100 == 0 else 0) for at, byte in enumerate(data))


@pytest.mark.parametrize("damage", [lambda _: b"", _cut, _flipped, lambda data: data[:-200] + bytes(200)])
@pytest.mark.parametrize("kind", ["cache", "blobs"])
def test_a_damaged_cache_costs_no_finding(
    many: Path, tmp_path: Path, kind: str, damage: Callable[[bytes], bytes]
) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    findings(root, cache)
    (stored,) = cache.glob(f"*.{kind}")
    stored.write_bytes(damage(stored.read_bytes()))
    for path in sorted(root.rglob("*.py"))[:2]:
        path.write_text(path.read_text() + "\n# a comment\n")
        assert findings(root, cache) == findings(root, None)


def test_a_cache_without_its_blobs_is_a_first_run(many: Path, tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    expected = findings(root, cache)
    next(cache.glob("*.blobs")).unlink()
    (root / "new.py").write_text("x = 1\n")
    assert findings(root, cache) == expected
    (root / "new.py").unlink()
    assert findings(root, cache) == expected


def test_what_is_dead_in_the_cache_does_not_pile_up(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    monkeypatch.setattr("layercheck.cache._SLACK", 0)
    findings(root, cache)
    first = next(cache.glob("*.blobs"))
    path = max(root.rglob("*.py"), key=lambda p: p.stat().st_size)
    for turn in range(200):
        path.write_text(path.read_text() + f"\ndef more_{turn}():\n    return {turn}\n")
        look(root, cache).findings_all()
        if not first.exists():
            break
    (second,) = cache.glob("*.blobs")
    assert second != first
    assert findings(root, cache) == findings(root, None)


class _Attack:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('code from a cache was run')",))


@pytest.mark.parametrize("value", [_Attack(), Path("x"), print])
def test_a_cache_holds_values_and_nothing_that_runs(value: object) -> None:
    with pytest.raises(ValueError, match="no place in a cache"):
        loads(pickle.dumps(value))


def test_an_answer_that_cannot_be_stored_is_asked_anew(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the run that cannot store it nor the next one may suffer."""
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    real = pickle.dumps

    def refuse(value: object, protocol: int) -> bytes:
        if isinstance(value, frozenset | dict):
            raise pickle.PicklingError("not this one")
        return real(value, protocol)

    def no_marshal(value: object, version: int = 4) -> bytes:
        raise ValueError("unmarshallable object")

    monkeypatch.setattr("layercheck.pickling.pickle.dumps", refuse)
    monkeypatch.setattr("layercheck.stored_values._plain", no_marshal)
    assert findings(root, cache) == findings(root, None)
    for path in sorted(root.rglob("*.py"))[::9]:
        path.write_text(path.read_text() + "\n\ndef one_more(session, rows):\n    return session\n")
        assert findings(root, cache) == findings(root, None)


def test_values_come_back_as_they_were() -> None:
    finding = Finding("a.py", 1, 2, 3, 4, "LC101", "x", "y", "error")
    for value in (finding, (frozenset({"a"}), ..., 1j, None, True, b"x"), {"a": (1,)}):
        back = loads(dumps(value))
        assert back == value
        assert type(back) is type(value)


def test_a_run_about_some_files_helps_the_next_one_about_all(many: Path, tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    first = look(root, cache)
    first.findings_all()
    path = max(root.rglob("*.py"), key=lambda p: p.stat().st_size)
    for turn in range(3):
        path.write_text(path.read_text() + f"\n\ndef more_{turn}(session):\n    session.commit()\n")
        some = look(root, cache)
        here = path.relative_to(root).as_posix()
        assert some.findings_all([here]) == [f for f in findings(root, None) if f.path == here]
    last = look(root, cache)
    assert last.findings_all() == findings(root, None)
    assert last.project.asked < first.project.asked / 10


def test_a_first_run_about_one_file_is_no_harm(many: Path, tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    paths = sorted(p.relative_to(root).as_posix() for p in root.rglob("*.py"))
    look(root, cache).findings_all(paths[:1])
    for path in paths[:3]:
        (root / path).write_text((root / path).read_text() + "\n# a comment\n")
        assert findings(root, cache) == findings(root, None)


def test_a_file_less_is_no_first_run(many: Path, tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    shutil.copytree(many, root)
    first = look(root, cache)
    first.findings_all()
    next(p for p in sorted(root.rglob("*.py")) if p.name != "__init__.py").unlink()
    second = look(root, cache)
    assert second.findings_all() == findings(root, None)
    assert second.project.asked < first.project.asked * 0.7
