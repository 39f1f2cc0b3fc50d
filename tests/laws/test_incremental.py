"""Laws 3 to 6: an edited project is the project that it has become."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generator import apply, edits, projects
from layercheck.engine import Engine
from layercheck.facts.rows import Body, Class, Function
from layercheck.model import Finding
from layercheck.project import Project
from layercheck.queries.depends import provider_symbols
from layercheck.queries.effects import effects
from layercheck.queries.file_kinds import is_composition_root, is_script, is_test
from layercheck.queries.layers import layer_of
from layercheck.queries.symbols import mro
from layercheck.queries.types import param_type, return_type
from support import engine_of


def strict_engine(files: dict[str, str]) -> Engine:
    return engine_of(files, codes=["ALL"], profile="strict")


def known(project: Project) -> dict[tuple[str, str], Any]:
    """What the queries say of everything in a project: wider than the rules of today."""
    out: dict[tuple[str, str], Any] = {("providers", ""): provider_symbols(project)}
    for path in project.files():
        if not path.endswith(".py"):
            continue
        for query in (layer_of, is_composition_root, is_script, is_test):
            out[(query.__name__, path)] = query(project, path)
        for cls in project.of_file(Class, path):
            out[("mro", cls.key)] = mro(project, cls.key)
        for function in project.of_file(Function, path):
            out[("return", function.key)] = return_type(project, function.key)
            out[("params", function.key)] = tuple(param_type(project, function.key, p.name) for p in function.params)
        for body in project.of_file(Body, path):
            out[("effects", body.key)] = effects(project, body.key)
    return out


def exactly(value: object) -> object:
    """A value in which 1, True and 1.0 are not the same."""
    if isinstance(value, tuple):
        return (type(value).__name__, *map(exactly, value))
    if isinstance(value, frozenset):
        return frozenset(map(exactly, value))
    return (type(value).__name__, value)


@given(data=st.data(), files=projects())
def test_incremental_is_from_scratch(data: st.DataObject, files: dict[str, str]) -> None:
    engine = strict_engine(files)
    for _ in range(data.draw(st.integers(1, 5))):
        asked = data.draw(st.sampled_from(("all", "one", "nothing")))
        if asked == "all":
            engine.findings_all()
        elif asked == "one" and files:
            engine.findings(data.draw(st.sampled_from(sorted(files))))
        changes = data.draw(edits(files))
        files = apply(files, changes)
        for path, text in changes:
            if text is None:
                engine.remove(path)
            else:
                engine.update(path, text)
        fresh = strict_engine(files)
        if asked != "nothing":
            assert engine.findings_all() == fresh.findings_all()
            now, then = known(engine.project), known(fresh.project)
            assert {k: exactly(v) for k, v in now.items()} == {k: exactly(v) for k, v in then.items()}
    assert engine.findings_all() == strict_engine(files).findings_all()


@given(data=st.data(), files=projects())
def test_order_and_repetition_do_not_matter(data: st.DataObject, files: dict[str, str]) -> None:
    expected = strict_engine(files).findings_all()
    order = data.draw(st.permutations(sorted(files)))
    again = data.draw(st.lists(st.sampled_from(sorted(files)), max_size=4))
    engine = strict_engine({path: files[path] for path in order})
    for path in again:
        engine.update(path, files[path])
    assert engine.findings_all() == expected


@given(data=st.data(), files=projects())
def test_who_asks_first_does_not_matter(data: st.DataObject, files: dict[str, str]) -> None:
    expected = strict_engine(files)
    everything = expected.findings_all()
    answers = known(expected.project)
    other = strict_engine(files)
    found: list[Finding] = []
    for path in data.draw(st.permutations(sorted(files))):
        found += other.findings(path)
    assert sorted(found) == sorted(everything)
    assert known(other.project) == answers


@given(data=st.data(), files=projects())
def test_the_same_text_again_changes_nothing(data: st.DataObject, files: dict[str, str]) -> None:
    engine = strict_engine(files)
    engine.findings_all()
    checked, revision = engine.stats.checked, engine.project.revision
    for path in data.draw(st.permutations(sorted(files))):
        engine.update(path, files[path])
    engine.findings_all()
    assert (engine.stats.checked, engine.project.revision) == (checked, revision)


@given(files=projects())
def test_findings_lie_in_the_file_that_is_asked_for(files: dict[str, str]) -> None:
    engine = strict_engine(files)
    for path in files:
        assert {finding.path for finding in engine.findings(path)} <= {path}
