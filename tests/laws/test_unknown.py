"""Law 10: what cannot be read is unknown, not absent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator import projects
from support import engine_of


def places(files: dict[str, str]) -> set[tuple[str, int, str]]:
    engine = engine_of(files, codes=["ALL"], profile="strict")
    return {(f.path, f.line, f.code) for f in engine.findings_all()}


@given(data=st.data(), files=projects())
def test_breaking_a_module_adds_nothing_elsewhere(data: st.DataObject, files: dict[str, str]) -> None:
    path = data.draw(st.sampled_from(sorted(p for p in files if p.endswith(".py"))))
    broken = {**files, path: files[path] + "\n\n\ndef broken(:\n"}
    new = {place for place in places(broken) - places(files) if place[0] != path}
    assert not new
