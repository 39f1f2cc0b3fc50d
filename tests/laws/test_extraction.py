"""Laws 1 and 2: rows depend on the bytes alone, and not on where code stands; nobody else is asked again when they are equal."""

from __future__ import annotations

import marshal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from generator import apply, moved_down, projects, spread, texts, with_other_marker
from layercheck.facts.places import quads
from layercheck.source import extract
from support import engine_of

PATH = "app/api/users.py"


def rows_of(text: str) -> dict[str, list[tuple[Any, ...]]]:
    return extract(PATH, text.encode()).rows


def values(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows without positions; the size of the text is no value that others may read."""
    return {kind: [row[:2] for row in listed] for kind, listed in rows.items() if kind not in ("Source", "Broken")}


@given(text=st.one_of(texts(), st.text()))
def test_extraction_is_pure_and_can_be_stored(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    first, second = extract(PATH, data), extract(PATH, data)
    assert first == second
    assert marshal.loads(marshal.dumps(tuple(first))) == tuple(first)


@given(data=st.binary(max_size=200))
def test_any_bytes_become_rows(data: bytes) -> None:
    for path in (PATH, "README.md", ".env"):
        extracted = extract(path, data)
        assert sum(map(len, extracted.rows.values())) >= 1
        marshal.dumps(tuple(extracted))


@given(text=texts(), at=st.integers(0, 8), lines=st.integers(1, 4))
def test_moved_code_gives_equal_rows(text: str, at: int, lines: int) -> None:
    moved = moved_down(text, at, lines)
    before, after = rows_of(text), rows_of(moved)
    assert values(before) == values(after)
    if text.strip() and at == 0 and "Broken" not in before:
        body_before, body_after = before["Body"][-1], after["Body"][-1]
        now, then = quads(body_after[2]), quads(body_before[2])
        assert [line + lines for line in then[::4]] == now[::4]
        assert then[1::4] == now[1::4]


@given(text=texts())
def test_spread_code_gives_equal_rows(text: str) -> None:
    other = rows_of(spread(text))
    assume("Broken" not in other)
    assert values(rows_of(text)) == values(other)


@given(text=texts(), line=st.integers(0, 30))
def test_comments_give_equal_rows(text: str, line: int) -> None:
    lines = text.split("\n")
    lines.insert(min(line, len(lines)), "# a remark")
    assert values(rows_of(text)) == values(rows_of("\n".join(lines)))


@given(data=st.data(), files=projects())
def test_moving_code_checks_no_other_file(data: st.DataObject, files: dict[str, str]) -> None:
    path = data.draw(st.sampled_from(sorted(p for p in files if p.endswith(".py"))))
    engine = engine_of(files, codes=["ALL"], profile="strict")
    engine.findings_all()
    checked = engine.stats.checked
    engine.update(path, moved_down(files[path], data.draw(st.integers(0, 8)), 2))
    engine.findings_all()
    assert engine.stats.checked - checked <= 1


@given(data=st.data(), files=projects())
def test_editing_a_body_checks_no_other_file(data: st.DataObject, files: dict[str, str]) -> None:
    path = data.draw(st.sampled_from(sorted(p for p in files if p.endswith(".py"))))
    engine = engine_of(files, codes=["ALL"], profile="strict")
    engine.findings_all()
    checked = engine.stats.checked
    engine.update(path, with_other_marker(files[path]))
    engine.findings_all()
    assert engine.stats.checked - checked <= 1


def test_chains_follow_code_that_moves_in_other_files() -> None:
    """A finding's places are symbolic: an edit elsewhere moves the lines of its chain without a new check."""
    files = {
        "app/report.py": "from app.store import load\n\n\ndef rows(session, keys):\n    return [load(session, key) for key in keys]\n",
        "app/store.py": "from sqlalchemy.orm import Session\n\n\ndef load(session: Session, key):\n    return session.get(object, key)\n",
    }
    engine = engine_of(files, codes=["LC601"])
    (finding,) = engine.findings_all()
    assert [(step.path, step.line) for step in finding.chain] == [("app/report.py", 5), ("app/store.py", 5)]
    checked = engine.stats.checked
    engine.update("app/store.py", "# one\n# two\n" + files["app/store.py"])
    (moved,) = engine.findings("app/report.py")
    assert [(step.path, step.line) for step in moved.chain] == [("app/report.py", 5), ("app/store.py", 7)]
    assert moved._replace(chain=()) == finding._replace(chain=())
    assert engine.stats.checked == checked
    assert (
        moved
        == engine_of(
            apply(files, []) | {"app/store.py": "# one\n# two\n" + files["app/store.py"]}, codes=["LC601"]
        ).findings_all()[0]
    )
