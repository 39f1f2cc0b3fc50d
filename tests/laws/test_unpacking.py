"""When the code of a body was unpacked, and how often, says nothing: equal code is the same code."""

from __future__ import annotations

from pathlib import Path

import pytest

import layercheck.facts.code
from layercheck.engine import Engine
from layercheck.model import Finding
from support import FIXTURES, read_tree, settings_for, write_tree


def findings(root: Path) -> list[Finding]:
    settings = settings_for(root, select=("ALL",), profile="strict")
    return Engine(settings, jobs=1, use_cache=False, lasting=False).findings_all()


def test_a_body_may_be_unpacked_anew_at_any_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for rule in sorted(FIXTURES.iterdir()):
        for case in sorted(rule.glob("*/")):
            if not (case / "layercheck.toml").exists():
                folder = tmp_path / rule.name.replace("-", "_") / case.name
                write_tree(folder, read_tree(case))
                (folder / "pyproject.toml").write_text("[project]\n")
    expected = findings(tmp_path)
    assert len(expected) > 500
    monkeypatch.setattr(layercheck.facts.code, "_UNPACKED", 1)
    assert findings(tmp_path) == expected
