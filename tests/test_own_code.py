"""The mark of layercheck's own code: of an installed copy what its RECORD says, of sources their stamps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layercheck.own_code import mark_of

VERSION = "1.2.3"


@pytest.fixture
def copies(tmp_path: Path) -> list[Path]:
    """Two copies of a package in two places, of different age."""
    homes = []
    for number, name in enumerate(("one", "two")):
        home = tmp_path / name / "layercheck"
        (home / "rules").mkdir(parents=True)
        for module in ("__init__.py", "rules/LC001.py"):
            (home / module).write_text("x = 1\n")
            os.utime(home / module, ns=(0, (1_700_000_000 + number) * 10**9))
        homes.append(home)
    return homes


def marks(copies: list[Path]) -> list[str]:
    return [mark_of(str(home), VERSION) for home in copies]


def record(home: Path, text: str) -> None:
    folder = home.parent / f"layercheck-{VERSION}.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "RECORD").write_text(text)


def test_two_installations_of_one_wheel_are_the_same_code(copies: list[Path]) -> None:
    for home in copies:
        record(home, "layercheck/__init__.py,sha256=abc,6\n")
    record(
        copies[1],
        f"layercheck-{VERSION}.dist-info/INSTALLER,,\n../../../bin/layercheck,,\nlayercheck/__init__.py,sha256=abc,6\n",
    )
    one, two = marks(copies)
    assert one == two
    record(copies[1], "layercheck/__init__.py,sha256=abd,6\n")
    assert marks(copies)[1] != one
    assert mark_of(str(copies[0]), "1.2.4") != one


def test_sources_are_as_new_as_their_files(copies: list[Path]) -> None:
    one, two = marks(copies)
    assert one != two
    assert marks(copies) == [one, two]
    (copies[0] / "rules/LC001.py").write_text("x = 2\n")
    assert marks(copies)[0] != one
    two = marks(copies)[1]
    (copies[1] / "rules/LC002.py").write_text("")
    assert marks(copies)[1] != two
