"""The file without a name: what was added is read back, by forked processes too; where there can be no such file, nothing is taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import layercheck.spool
from layercheck.spool import Spool

pytestmark = pytest.mark.skipif(not hasattr(os, "pread"), reason="such systems keep everything in memory")


def test_what_is_added_is_read_back_and_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    spool = Spool()
    assert not spool.used
    spots = [*(spool.add([b"one", b"", b"three" * 1000]) or ()), *(spool.add([b"four"]) or ())]
    assert [spool.read(spot) for spot in spots] == [b"one", b"", b"three" * 1000, b"four"]
    assert spool.used
    assert list(tmp_path.iterdir()) == []


@pytest.mark.plain
def test_a_system_that_has_no_files_without_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    spool = Spool()
    spots = spool.add([b"one"])
    assert spots is not None
    assert spool.read(spots[0]) == b"one"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.plain
def test_without_a_folder_for_it_nothing_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    monkeypatch.setattr(layercheck.spool, "_FOLDERS", ())
    spool = Spool()
    assert spool.add([b"one"]) is None
    assert not spool.used


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_reads_and_does_not_write() -> None:
    spool = Spool()
    spots = spool.add([b"one"])
    assert spots is not None
    child = os.fork()
    if child == 0:
        os._exit(0 if spool.read(spots[0]) == b"one" and spool.add([b"two"]) is None else 1)
    assert os.waitpid(child, 0)[1] == 0
