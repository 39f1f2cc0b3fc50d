"""The file of blobs: what is appended is read back, and what is damaged is missed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from layercheck.blobs import BlobFile


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    file = BlobFile(str(tmp_path / "b"))
    first = file.append([b"one", b"", b"three" * 1000])
    second = file.append([b"four"])
    again = BlobFile(file.path)
    assert [again.read(spot) for spot in (*first, *second)] == [b"one", b"", b"three" * 1000, b"four"]


def test_two_that_append_do_not_disturb_each_other(tmp_path: Path) -> None:
    one, two = BlobFile(str(tmp_path / "b")), BlobFile(str(tmp_path / "b"))
    spots = []
    for n in range(50):
        spots += [(spot, b"one%d" % n) for spot in one.append([b"one%d" % n])]
        spots += [(spot, b"two%d" % n) for spot in two.append([b"two%d" % n])]
    assert all(one.read(spot) == blob and two.read(spot) == blob for spot, blob in spots)


@pytest.mark.parametrize("where", [0, 5, 9])
def test_a_changed_byte_is_a_miss(tmp_path: Path, where: int) -> None:
    file = BlobFile(str(tmp_path / "b"))
    (spot,) = file.append([b"0123456789"])
    data = bytearray(Path(file.path).read_bytes())
    data[where] ^= 1
    Path(file.path).write_bytes(data)
    assert file.read(spot) is None


def test_a_shorter_file_is_a_miss(tmp_path: Path) -> None:
    file = BlobFile(str(tmp_path / "b"))
    kept, lost = file.append([b"kept", b"lost"])
    os.truncate(file.path, 6)
    assert file.read(kept) == b"kept"
    assert file.read(lost) is None


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        BlobFile(str(tmp_path / "none")).read((0, 1, 0))
    with pytest.raises(OSError, match="No such file"):
        BlobFile(str(tmp_path / "no folder" / "b")).append([b"x"])
