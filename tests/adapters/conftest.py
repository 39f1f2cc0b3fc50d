"""Fixtures of the tests of front-ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from frontends import write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "the project")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own for each test, so that every first run is a cold one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
