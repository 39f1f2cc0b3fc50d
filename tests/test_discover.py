"""Which files belong to a project. Where git can say it too, git is asked."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck import discover as module
from layercheck.config import Settings
from layercheck.discover import Discovered, discover, is_document
from layercheck.gitignore import IgnoreFile
from support_git import git, needs_git, write


@pytest.fixture(autouse=True)
def _no_repository_above(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The temporary folder may lie in somebody's repository."""
    real, ours = module.find_repository, tmp_path_factory.getbasetemp()

    def below(path: str) -> Any:
        found = real(path)
        return found if found is not None and Path(found.top).is_relative_to(ours) else None

    monkeypatch.setattr(module, "find_repository", below)


def found(root: Path, *explicit: str, **fields: Any) -> list[str]:
    answer = discover(Settings(root=str(root), **fields), explicit)
    assert answer.problems == []
    return [path for path, _, _ in answer.files]


def answered(root: Path, *explicit: str) -> Discovered:
    return discover(Settings(root=str(root)), explicit)


# -------------------------------------------------------------------------------------------------------- what is listed


def test_python_and_project_files_sorted_with_stamp_and_size(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"b.py": "xx", "a/c.py": "", "a/c.pyi": "", "README.md": "", "a/data.json": "", "a-b.py": "", "x.pyc": ""},
    )
    os.utime(tmp_path / "b.py", ns=(5, 7_000_000_123))
    answer = answered(tmp_path)
    assert [f[0] for f in answer.files] == ["README.md", "a-b.py", "a/c.py", "b.py"]
    assert answer.files[3] == ("b.py", (tmp_path / "b.py").stat().st_mtime_ns, 2)


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "readme.rst", "app/ReadMe.TXT", "README", "app/README.de.md", ".env", ".env.local", "prod.env", ".env.example",
        "env.example", "example.env", "pyproject.toml", "layercheck.toml", "setup.cfg", "uv.lock", "poetry.lock", "Pipfile",
        "Pipfile.lock", "pylock.toml", "pylock.dev.toml", "requirements.txt", "requirements-dev.txt", "requirements.in",
        "constraints.txt", ".gitignore", ".github/workflows/test.yml", "sub/.github/workflows/x.yaml", ".github/dependabot.yml",
        ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml", "Jenkinsfile", "Makefile", "tox.ini", "alembic.ini",
        "docker-compose.yml", "docker-compose.prod.yaml", "compose.yml", "Dockerfile", "Dockerfile.prod", "deploy/Dockerfile",
        "package.json", "web/package.json", "config.yml", "scripts/run.sh", "Procfile", "charts/shop/values.yaml", "fly.toml", "infra/main.tf",
        ".envrc", "web/vite.config.ts",
    ],
)  # fmt: skip
def test_project_files(path: str) -> None:
    assert is_document(path)


def test_a_program_is_no_script(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"bin/start": "x", "bin/server": "x" * 1_000_001, "README.md": "x" * 1_000_001, "a.py": "#" * 1_000_001},
    )
    assert found(tmp_path) == ["README.md", "a.py", "bin/start"]


@pytest.mark.parametrize(
    "path",
    ["README.png", "tsconfig.json", "yarn.lock", "app/config.yml", "app/environment.ts", "requirements.json", "docs/x.md", "env", "a.tml"],
)  # fmt: skip
def test_other_files(path: str) -> None:
    assert not is_document(path)


def test_readme_names_of_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"app/INDEX.md": "", "app/other.md": "", "app/a.py": ""})
    assert found(tmp_path, readme_names=("index.md",)) == ["app/INDEX.md", "app/a.py"]


@pytest.mark.parametrize(
    "folder",
    [".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "env", "ENV", "node_modules", "__pycache__", "site-packages",
     ".mypy_cache", ".ruff_cache", ".pytest_cache", "build", "dist", "shop.egg-info", ".eggs", "buck-out", "__pypackages__"],
)  # fmt: skip
def test_usual_exclusions_at_every_depth(tmp_path: Path, folder: str) -> None:
    write(tmp_path, {f"{folder}/a.py": "", f"app/{folder}/a.py": "", f"app/{folder}s/b.py": "", "app/a.py": ""})
    assert found(tmp_path) == sorted(["app/a.py", f"app/{folder}s/b.py"])


def test_exclusions_of_the_configuration(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.py": "", "app/a.py": "", "app/gen/b.py": "", "gen/c.py": "", "app/x_pb2.py": "", "build/d.py": ""}
    )
    assert found(tmp_path, extend_exclude=("app/gen",)) == ["a.py", "app/a.py", "app/x_pb2.py", "gen/c.py"]
    assert found(tmp_path, extend_exclude=("gen/",)) == ["a.py", "app/a.py", "app/x_pb2.py"]
    assert found(tmp_path, extend_exclude=("/gen", "*_pb2.py")) == ["a.py", "app/a.py", "app/gen/b.py"]
    assert found(tmp_path, extend_exclude=("**/gen/*.py",)) == ["a.py", "app/a.py", "app/x_pb2.py"]
    assert found(tmp_path, exclude=("a.py",)) == ["app/gen/b.py", "app/x_pb2.py", "build/d.py", "gen/c.py"]


# --------------------------------------------------------------------------------------------------- virtual environments


@pytest.mark.parametrize(
    "inside",
    [
        "pyvenv.cfg",
        "Lib/site-packages/x.py",
        "lib/python3.12/site-packages/x.py",
        "lib/site-packages/x.py",
        "conda-meta/history",
    ],
)
def test_a_virtual_environment_of_any_name(tmp_path: Path, inside: str) -> None:
    write(tmp_path, {f"tools/myenv/{inside}": "", "tools/myenv/Scripts/activate_this.py": "", "tools/a.py": ""})
    assert found(tmp_path) == ["tools/a.py"]


def test_a_lib_folder_is_not_yet_an_environment(tmp_path: Path) -> None:
    write(tmp_path, {"app/lib/helpers.py": "", "app/lib/python/a.py": "", "app/Lib/b.py": ""})
    names = ["app/lib/helpers.py", "app/lib/python/a.py", "app/Lib/b.py"]
    if (tmp_path / "app" / "LIB").exists():
        pytest.skip("this file system does not tell Lib from lib")
    assert sorted(found(tmp_path)) == sorted(names)


def test_the_root_may_be_one(tmp_path: Path) -> None:
    write(tmp_path, {"pyvenv.cfg": "", "a.py": "", "lib/python3.12/site-packages/x.py": ""})
    assert found(tmp_path) == ["a.py"]


# ------------------------------------------------------------------------------------------------------------------ links


def link(path: Path, target: Path | str) -> None:
    try:
        path.symlink_to(target)
    except (OSError, NotImplementedError):
        pytest.skip("no symbolic links here")


def test_links_are_never_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(root, {"app/a.py": "", "app/sub/b.py": ""})
    write(outside, {"secret.py": "", "more/c.py": ""})
    link(root / "app" / "again.py", root / "app" / "a.py")
    link(root / "app" / "loop", root / "app")
    link(root / "app" / "up", "..")
    link(root / "app" / "self", "self")
    link(root / "app" / "dangling.py", "nowhere.py")
    link(root / "app" / "secret.py", outside / "secret.py")
    link(root / "app" / "more", outside / "more")
    link(root / "README.md", outside / "secret.py")
    link(root / "twin", root / "app" / "sub")
    assert found(root) == ["app/a.py", "app/sub/b.py"]


def test_a_link_as_root(tmp_path: Path) -> None:
    write(tmp_path / "real", {"a.py": ""})
    link(tmp_path / "alias", tmp_path / "real")
    assert found(tmp_path / "alias") == ["a.py"]


def test_what_is_no_file(tmp_path: Path) -> None:
    write(tmp_path, {"folder.py/a.py": "", "README.md/b.py": ""})
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.py")
        os.mkfifo(tmp_path / ".gitignore")
    assert found(tmp_path) == ["README.md/b.py", "folder.py/a.py"]


# -------------------------------------------------------------------------------------------------------------- bad input


def test_a_folder_without_permission_is_a_problem_and_the_rest_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.py": "", "locked/b.py": "", "z/c.py": ""})
    real = os.scandir

    def scandir(path: str) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    answer = answered(tmp_path)
    assert [f[0] for f in answer.files] == ["a.py", "z/c.py"]
    assert answer.problems == [("locked", "cannot be listed: Permission denied")]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is allowed to this user")
def test_a_folder_really_without_permission(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "locked/b.py": ""})
    (tmp_path / "locked").chmod(0)
    try:
        answer = answered(tmp_path)
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert [f[0] for f in answer.files] == ["a.py"]
    assert answer.problems == [("locked", "cannot be listed: Permission denied")]


def test_a_root_that_does_not_exist(tmp_path: Path) -> None:
    answer = answered(tmp_path / "nowhere")
    assert answer.files == []
    assert [path for path, _ in answer.problems] == ["."]


def test_names_with_spaces_and_other_letters(tmp_path: Path) -> None:
    names = ["mit Leerzeichen/größe.py", "日本語/モデル.py", "tab\there.py"] if os.name != "nt" else ["日本語/größe.py"]
    write(tmp_path, dict.fromkeys(names, ""))
    assert found(tmp_path) == sorted(names)


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    try:
        (tmp_path / name).write_text("")
    except (OSError, UnicodeError):
        pytest.skip("this file system wants UTF-8")
    assert found(tmp_path) == [name]
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9.py\n")
    assert found(tmp_path) == [".gitignore"]


@pytest.mark.skipif(sys.platform == "win32", reason="paths are short here")
def test_folders_as_deep_as_the_system_lets_them_be(tmp_path: Path) -> None:
    here = os.getcwd()
    depth = 1500
    try:
        os.chdir(tmp_path)
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        Path("a.py").write_text("")
    finally:
        os.chdir(here)
    try:
        assert found(tmp_path) == ["d/" * depth + "a.py"]
    finally:
        while depth:  # rmtree recurses
            chain = tmp_path / "/".join(["d"] * max(depth - 100, 1))
            shutil.rmtree(chain)
            depth = max(depth - 101, 0)


# ---------------------------------------------------------------------------------------------------------- what is named


def test_named_files_are_taken_although_excluded(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "build/b.py": "", "venv/pyvenv.cfg": "", "venv/c.py": "", "notes.txt": ""})
    assert found(tmp_path, "build/b.py", "venv/c.py", "notes.txt", "a.py") == ["a.py", "build/b.py", "venv/c.py"]
    assert found(tmp_path, "build/b.py", "venv/c.py", force_exclude=True) == ["a.py"]


def test_named_folders_are_walked_although_excluded(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.py": "",
            "build/b.py": "",
            "build/venv/c.py": "",
            "build/deep/d.py": "",
            "venv/pyvenv.cfg": "",
            "venv/e.py": "",
        },
    )
    assert found(tmp_path, "build/") == ["a.py", "build/b.py", "build/deep/d.py"]
    assert found(tmp_path, "./build/deep", ".") == ["a.py", "build/deep/d.py"]
    assert found(tmp_path, "venv") == ["a.py", "venv/e.py"]


@needs_git
def test_named_and_ignored(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": "gen/\n*.tmp.py\n", "gen/a.py": "", "gen/b.tmp.py": "", "c.tmp.py": "", "d.py": ""})
    assert found(tmp_path) == [".gitignore", "d.py"]
    assert found(tmp_path, "c.tmp.py") == [".gitignore", "c.tmp.py", "d.py"]
    assert found(tmp_path, "gen") == [".gitignore", "d.py", "gen/a.py"]


def test_named_paths_that_cannot_be_taken(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, {"a.py": ""})
    write(tmp_path, {"outside.py": ""})
    link(root / "way_out.py", tmp_path / "outside.py")
    answer = answered(root, "nowhere.py", "../outside.py", str(tmp_path / "outside.py"), "way_out.py")
    assert [f[0] for f in answer.files] == ["a.py"]
    assert [text for _, text in answer.problems] == ["No such file or directory", *["lies outside the project"] * 3]


# ------------------------------------------------------------------------------------------------------------ ignore files


def listed_by_git(root: Path) -> list[str]:
    """What git would add or has: the python files and ignore files of them."""
    names = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return sorted({n for n in names if n.endswith((".py", ".gitignore"))})


@needs_git
def test_the_hard_cases_as_git_sees_them(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    files = {
        ".gitignore": "# comment\n\n*.gen.py\n!keep.gen.py\n/only_here.py\nout/\n!out/back.py\nlogs/*\n!logs/kept/\n\\#odd.py\n"
        "docs/**/x.py\n**/deep/y.py\na/**\nspace.py  \nta[bc].py\n[0-9]*.py\ntracked/\n*.trk.py\nmid/*/z.py\n\\!bang.py\n!\n",
        "sub/.gitignore": "!b.gen.py\nlocal.py\n/anchored.py\n",
    }
    names = [
        "a.gen.py", "keep.gen.py", "only_here.py", "sub/only_here.py", "out/back.py", "sub/out/o.py", "logs/l.py", "logs/kept/k.py",
        "logs/kept/deep/k.py", "#odd.py", "docs/x.py", "docs/p/q/x.py", "p/deep/y.py", "deep/y.py", "a/b/c.py", "space.py", "tab.py",
        "tac.py", "tad.py", "7up.py", "up7.py", "sub/b.gen.py", "sub/c.gen.py", "sub/local.py", "local.py", "sub/anchored.py",
        "sub/deep/anchored.py", "tracked/t.py", "tracked/new.py", "u.trk.py", "v.trk.py", "mid/one/z.py", "mid/one/two/z.py", "!bang.py",
        "hidden.py", "sub/hidden.py",
    ]  # fmt: skip
    write(tmp_path, files | dict.fromkeys(names, ""))
    git(tmp_path, "add", "-f", "tracked/t.py", "u.trk.py")
    write(tmp_path, {".git/info/exclude": "hidden.py\n"})
    expected = listed_by_git(tmp_path)
    assert {"keep.gen.py", "tracked/t.py", "u.trk.py", "sub/b.gen.py", "logs/kept/k.py", "mid/one/two/z.py"} <= set(
        expected
    )
    assert not {"tracked/new.py", "out/back.py", "#odd.py", "space.py", "hidden.py"} & set(expected)
    assert found(tmp_path) == expected
    assert set(names) <= set(found(tmp_path, respect_gitignore=False))


@needs_git
def test_a_root_below_the_top_of_its_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": "*.gen.py\n/backend/api/old.py\nlocal/\n", "backend/.gitignore": "tmp.py\n"})
    write(
        tmp_path,
        dict.fromkeys(["backend/api/a.gen.py", "backend/api/old.py", "backend/api/b.py", "backend/api/tmp.py"], ""),
    )
    write(
        tmp_path, {"local/project/a.py": "", "local/project/b.gen.py": "", ".git/info/exclude": "/backend/api/c.py\n"}
    )
    write(tmp_path, {"backend/api/c.py": "", "backend/api/d.gen.py": ""})
    git(tmp_path, "add", "-f", "backend/api/d.gen.py")
    assert found(tmp_path / "backend" / "api") == ["b.py", "d.gen.py"]
    assert found(tmp_path / "local" / "project") == ["a.py", "b.gen.py"], "who asks for an ignored folder means it"


@needs_git
def test_a_repository_in_the_repository_has_its_own_rules(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": "*.gen.py\n", "a.gen.py": ""})
    inner = tmp_path / "libs" / "inner"
    write(inner, {".gitignore": "other.py\n", "b.gen.py": "", "other.py": "", "c.py": ""})
    git(inner, "init", "-q")
    assert found(tmp_path) == [".gitignore", "libs/inner/.gitignore", "libs/inner/b.gen.py", "libs/inner/c.py"]


@needs_git
def test_an_ignored_environment_file_is_not_part_of_the_project(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": ".env*\n!.env.example\n", ".env": "", ".env.local": "", ".env.example": ""})
    assert found(tmp_path) == [".env.example", ".gitignore"]
    git(tmp_path, "add", "-f", ".env")
    assert found(tmp_path) == [".env", ".env.example", ".gitignore"]


def test_ignore_files_count_without_git_too(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "gen/\n", "gen/a.py": "", "b.py": ""})
    assert found(tmp_path) == [".gitignore", "b.py"]


def test_an_ignore_file_that_is_a_link_or_damaged(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, {"a.py": "", "sub/b.py": ""})
    write(tmp_path, {"patterns": "*.py\n"})
    link(root / ".gitignore", tmp_path / "patterns")
    (root / "sub" / ".gitignore").write_bytes(b"\xef\xbb\xbf\0\n\xff\xfe[z-a]*.py\n[\n/\n//\n!\n\\\n")
    assert found(root) == ["a.py", "sub/.gitignore", "sub/b.py"]


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\nb.py\r\n")
    write(tmp_path, {"a.py": "", "b.py": "", "c.py": ""})
    assert found(tmp_path) == [".gitignore", "c.py"]


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ("[[:digit:]]x", "1x", "ax"), ("[!a-c]x", "dx", "bx"), ("[^a-c]x", "dx", "bx"), ("[]x]", "]", "["), ("[a-]", "-", "b"),
        (r"[\]]", "]", "\\"), ("[z-a]b", "zb", "ab"), ("[a", "", "[a"), ("[[:nope:]]", "", "n"), ("a\\", "", "a"), ("***", "x", ""),
        (r"a\*", "a*", "ab"), (r"x\ ", "x ", "x"), ("x  ", "x", "x "), ("\tx", "\tx", "x"), ("[[:upper:][:digit:]_]", "_", "a"),
        ("a**b", "axb", "ax"), ("[,-.]", "-", "+"), ("[a-\\c]", "b", "d"), ("é?", "éa", "é"), ("[[:space:]]", " ", "s"),
    ],
)  # fmt: skip
@needs_git
def test_globs(tmp_path: Path, pattern: str, fitting: str, other: str) -> None:
    file = IgnoreFile(pattern)
    write(tmp_path, {".gitignore": pattern + "\n"})
    git(tmp_path, "init", "-q")
    for name, expected in ((fitting, True), (other, None)):
        if name:
            assert file.verdict(name, name, folder=False) is expected
            said = subprocess.run(
                ["git", "check-ignore", "-q", "--no-index", "--", name], cwd=tmp_path, check=False
            ).returncode
            assert said == (0 if expected else 1), "so git disagrees"


SEGMENTS = ["a", "b", "ab", "a.py", "b.py", "ab.py", "a1.py"]
# Not `a**/b`: git before 2.41 reads it as `a` and any folders, against its documentation.
GLOBS = [
    *SEGMENTS,
    "*",
    r"\a.py",
    "[a-",
    "***",
    "*.py",
    "a*",
    "?",
    "a?.py",
    "[ab]",
    "[ab]*.py",
    "a[0-9].py",
    "[!a].py",
    "*b*",
    "**",
    "*a.py",
]


@st.composite
def patterns(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.sampled_from(GLOBS), min_size=1, max_size=3))
    text = "/".join(parts)
    return (
        draw(st.sampled_from(["", "", "!"]))
        + draw(st.sampled_from(["", "", "/"]))
        + text
        + draw(st.sampled_from(["", "", "/"]))
    )


def every_path(depth: int = 3) -> Iterator[str]:
    """A tree in which every name of the patterns occurs at every depth."""
    folders = ["a", "b", "ab"]
    files = ["a.py", "b.py", "ab.py", "a1.py"]
    prefixes = [""]
    for _ in range(depth):
        yield from (prefix + file for prefix in prefixes for file in files)
        prefixes = [f"{prefix}{folder}/" for prefix in prefixes for folder in folders]


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("arena")
    git(root, "init", "-q")
    write(root, dict.fromkeys(every_path(), ""))
    return root


@needs_git
@given(top=st.lists(patterns(), max_size=5), inner=st.lists(patterns(), max_size=3), seed=st.integers(0, 9))
def test_any_patterns_as_git_sees_them(arena: Path, top: list[str], inner: list[str], seed: int) -> None:
    (arena / ".gitignore").write_text("\n".join(top) + "\n")
    (arena / "a" / ".gitignore").write_text("\n".join(inner) + "\n")
    (arena / ".git" / "index").unlink(missing_ok=True)
    if seed:
        chosen = random.Random(seed).sample(list(every_path()), seed % 4)
        if chosen:
            git(arena, "add", "-f", *chosen)
    mine = [f[0] for f in discover(Settings(root=str(arena), exclude=())).files]
    assert mine == listed_by_git(arena)
