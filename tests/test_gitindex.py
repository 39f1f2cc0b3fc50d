"""What git tracks, against indexes that git itself has written."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from layercheck import gitindex
from layercheck.gitindex import find_repository, parse_index, read_index, tracked_files
from support_git import git, needs_git, write

pytestmark = needs_git

NAMES = (
    "app/main.py",
    "app/api/routes/users.py",
    "app/api/routes/users_admin.py",
    "a b.py",
    "größe.py",
    "z.py",
    "app.py",
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q")
    write(root, dict.fromkeys(NAMES, "x = 1\n"))
    git(root, "add", ".")
    write(root, {"untracked.py": ""})
    return root


@pytest.mark.parametrize("version", [2, 3, 4])
def test_every_version_of_the_index(repository: Path, version: int) -> None:
    if version == 3:  # git writes it when an entry has an extended flag
        write(repository, {"later.py": ""})
        git(repository, "add", "-N", "later.py")
    else:
        git(repository, "update-index", f"--index-version={version}")
    data = (repository / ".git" / "index").read_bytes()
    assert int.from_bytes(data[4:8], "big") == version
    listed = git(repository, "ls-files", "-z").split("\0")
    assert tracked_files(str(repository)) == frozenset(filter(None, listed)) >= frozenset(NAMES)


@pytest.mark.parametrize("version", [2, 4])
def test_questions_about_single_paths(repository: Path, version: int) -> None:
    git(repository, "update-index", f"--index-version={version}")
    found = find_repository(str(repository))
    assert found is not None
    index = read_index(found)
    assert index is not None
    assert all(index.tracks(name, folder=False) for name in NAMES)
    assert index.tracks("app/api", folder=True)
    assert not index.tracks("app/api", folder=False)
    assert not index.tracks("app/ap", folder=True)
    assert not index.tracks("main.py", folder=False)
    assert not index.tracks("untracked.py", folder=False)


def test_many_files_with_long_common_beginnings(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    names = {f"{'a folder/' * (i % 20 + 1)}file_{i:04}.py": "" for i in range(500)}
    write(tmp_path, names)
    git(tmp_path, "add", ".")
    for version in (2, 4):
        git(tmp_path, "update-index", f"--index-version={version}")
        assert tracked_files(str(tmp_path)) == frozenset(names)


def test_sha256(tmp_path: Path) -> None:
    try:
        git(tmp_path, "init", "-q", "--object-format=sha256")
    except subprocess.CalledProcessError:
        pytest.skip("this git knows no SHA-256")
    write(tmp_path, dict.fromkeys(NAMES, "x = 1\n"))
    git(tmp_path, "add", ".")
    assert tracked_files(str(tmp_path)) == frozenset(NAMES)


def test_below_a_folder_of_the_repository(repository: Path) -> None:
    assert tracked_files(str(repository / "app" / "api")) == {"routes/users.py", "routes/users_admin.py"}


def test_a_conflict_counts_once(repository: Path) -> None:
    git(repository, "commit", "-qm", "one")
    git(repository, "checkout", "-qb", "other")
    write(repository, {"z.py": "x = 2\n"})
    git(repository, "commit", "-qam", "two")
    git(repository, "checkout", "-q", "-")
    write(repository, {"z.py": "x = 3\n"})
    git(repository, "commit", "-qam", "three")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "other")
    assert tracked_files(str(repository)) == frozenset(NAMES)


def test_a_worktree_has_its_own_index_and_shares_info(repository: Path, tmp_path: Path) -> None:
    git(repository, "commit", "-qm", "one")
    other = tmp_path / "other"
    git(repository, "worktree", "add", "-q", str(other))
    git(other, "rm", "-q", "z.py")
    assert (other / ".git").is_file()
    assert tracked_files(str(other)) == frozenset(NAMES) - {"z.py"}
    found = find_repository(str(other))
    assert found is not None
    assert Path(found.common) == repository / ".git"


def test_a_submodule(repository: Path, tmp_path: Path) -> None:
    git(repository, "commit", "-qm", "one")
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repository), "libs/inner")
    assert tracked_files(str(outer)) == {".gitmodules", "libs/inner"}
    assert (outer / "libs" / "inner" / ".git").is_file()
    assert tracked_files(str(outer / "libs" / "inner")) == frozenset(NAMES)
    found = find_repository(str(outer))
    assert found is not None
    index = read_index(found)
    assert index is not None
    assert index.tracks("libs/inner", folder=True)


def test_environment_variables_of_git_do_not_count(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert tracked_files(str(repository)) == frozenset(NAMES)


def test_a_sparse_checkout_leaves_out_the_folders_that_are_not_there(repository: Path) -> None:
    git(repository, "commit", "-qm", "one")
    try:
        git(repository, "sparse-checkout", "set", "--cone", "--sparse-index", "app/api")
    except subprocess.CalledProcessError:
        pytest.skip("this git knows no sparse index")
    found = tracked_files(str(repository))
    assert found is not None
    assert {"app/api/routes/users.py", "app.py"} <= found
    assert not any(name.endswith("/") for name in found)


def test_a_split_index_is_unknown(repository: Path) -> None:
    git(repository, "update-index", "--split-index")
    assert tracked_files(str(repository)) is None


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    name = os.fsdecode(b"caf\xe9.py")
    try:
        (tmp_path / name).write_text("")
    except (OSError, UnicodeError):
        pytest.skip("this file system wants UTF-8")
    git(tmp_path, "add", ".")
    assert tracked_files(str(tmp_path)) == {name}


def test_nothing_added_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert tracked_files(str(tmp_path)) == frozenset()


def test_outside_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitindex, "repository_at", lambda top: None)
    assert tracked_files(str(tmp_path)) is None


def test_a_git_folder_without_head_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "inner" / ".git").mkdir(parents=True)
    found = find_repository(str(tmp_path / "inner"))
    assert found is not None
    assert Path(found.top) == tmp_path


@pytest.mark.parametrize("content", [b"", b"gitdir", b"gitdir: ../nowhere\n", b"gitdir: \0\n", b"\xff\xfe\n"])
def test_a_git_file_that_leads_nowhere(tmp_path: Path, content: bytes) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / ".git").write_bytes(content)
    found = find_repository(str(tmp_path / "inner"))
    assert found is not None
    assert Path(found.top) == tmp_path


def test_a_pipe_in_place_of_the_index(repository: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    (repository / ".git" / "index").unlink()
    os.mkfifo(repository / ".git" / "index")
    assert tracked_files(str(repository)) is None


def test_damage_is_unknown_and_never_an_exception(repository: Path) -> None:
    for version in (2, 4):
        git(repository, "update-index", f"--index-version={version}")
        data = (repository / ".git" / "index").read_bytes()
        whole = parse_index(data)
        assert whole is not None
        for size in range(len(data)):
            assert parse_index(data[:size]) is None, size
        for at in range(len(data)):  # whatever comes out, it comes out
            parse_index(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
    assert parse_index(b"DIRC\0\0\0\5" + bytes(40)) is None
    assert parse_index(b"DIRC\0\0\0\2\0\0\0\0link\0\0\0\0" + bytes(20)) is None
    assert parse_index(b"DIRC\0\0\0\2\0\0\0\0TREE\0\0\0\0" + bytes(20)) == []
