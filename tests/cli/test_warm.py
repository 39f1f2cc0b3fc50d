"""The warm path says exactly what an ordinary run would say, and nothing once anything has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.running import PRINTING, run, write
from layercheck import warm
from support_git import git


class Shop(NamedTuple):
    """A project, and a cache folder outside of it."""

    root: Path
    cache: Path

    def arguments(self, *more: str) -> tuple[str, ...]:
        return ("--output-format", "concise", "--cache-dir", str(self.cache), *more)

    def run(self, *more: str) -> str:
        done = run(self.root, *self.arguments(*more))
        assert done.returncode in (0, 1), done.stderr
        return f"{done.returncode}\n{done.stdout}"

    def cold(self) -> str:
        done = run(self.root, "--output-format", "concise", "--no-cache")
        return f"{done.returncode}\n{done.stdout}"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    files = {
        "outer/shop/pyproject.toml": "[tool.layercheck]\n",
        "outer/shop/.gitignore": "ignored/\n",
        **{f"outer/shop/{k}": v for k, v in PRINTING.items()},
    }
    write(tmp_path, files)
    return Shop(tmp_path / "outer" / "shop", tmp_path / "cache")


def repeats(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the notes of the last run still hold, seen from inside: nothing is imported but `warm`."""
    (file,) = shop.cache.glob("*.run")
    stored = warm._load(str(file))
    assert stored is not None
    return all(warm._again(note)[0] for note in stored[3])


def test_the_second_run_repeats_the_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.run()
    assert "LC308" in first
    assert repeats(shop, monkeypatch)
    assert shop.run() == first == shop.cold()


def modules_of_a_run(shop: Shop) -> set[str]:
    """What a run imports of layercheck and click."""
    code = (
        "import os, runpy, sys; sys.argv[1:] = sys.argv[2:]; leave = os._exit\n"
        "def say(code):\n"
        "    print(*(m for m in sys.modules if m.split('.')[0] in ('layercheck', 'click')), file=sys.stderr, flush=True)\n"
        "    leave(code)\n"
        "os._exit = say\n"
        "runpy.run_module('layercheck', run_name='__main__')"
    )
    command = [sys.executable, "-c", code, "layercheck", *shop.arguments()]
    environment = os.environ | {"PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=shop.root, capture_output=True, text=True, check=False, env=environment, timeout=120
    )
    assert "LC308" in done.stdout
    return set(done.stderr.split())


def test_the_second_run_imports_no_engine(shop: Shop) -> None:
    modules_of_a_run(shop)  # a run under other surroundings is another run: ask twice from the same ones
    # own_code has the mark of the code that ran
    assert modules_of_a_run(shop) <= {"layercheck", "layercheck.__main__", "layercheck.warm", "layercheck.own_code"}


def test_after_an_edit_nothing_is_discovered_anew(shop: Shop) -> None:
    assert "layercheck.discover" in modules_of_a_run(shop)
    write(shop.root, {"app/jobs.py": "def run(items):\n    print(items)\n    return 2\n"})
    modules = modules_of_a_run(shop)
    assert "layercheck.engine" in modules
    assert "layercheck.discover" not in modules
    write(shop.root, {"app/more.py": ""})
    assert "layercheck.discover" in modules_of_a_run(shop)


def _write(name: str, text: str) -> Callable[[Shop], None]:
    return lambda shop: (write(shop.root, {name: text}), None)[1]


CHANGES: dict[str, Callable[[Shop], None]] = {
    "an edit": _write("app/jobs.py", "def run():\n    return 1\n"),
    "a new file": _write("app/more.py", "print(1)\n"),
    "a new folder": _write("app/deep/er/__init__.py", "def f():\n    print(1)\n"),
    "a file less": lambda shop: (shop.root / "app/jobs.py").unlink(),
    "another name": lambda shop: (shop.root / "app/jobs.py").rename(shop.root / "app/tasks.py") and None,
    "configuration": _write("pyproject.toml", '[tool.layercheck]\nignore = ["LC308"]\n'),
    "a configuration file that was not there": _write("layercheck.toml", 'ignore = ["LC308"]\n'),
    "an ignore file": _write(".gitignore", "app/\n"),
    "an ignore file in a folder": _write("app/.gitignore", "jobs.py\n"),
    "a README less": lambda shop: (shop.root / "app/README.md").unlink(),
    "an edit that keeps size and length": lambda shop: write(
        shop.root, {"app/jobs.py": (shop.root / "app/jobs.py").read_text().replace("print", "pront")}
    ),
    "a file made executable code": _write("app/README.md", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_ends_it(shop: Shop, change: str) -> None:
    shop.run()
    CHANGES[change](shop)
    expected = shop.cold()
    assert shop.run() == expected
    assert shop.run() == expected


def _link(shop: Shop) -> None:
    (shop.root / "app/more.py").unlink()
    (shop.root / "app/more.py").symlink_to(shop.root.parent / "jobs.py")


def _folder(shop: Shop) -> None:
    (shop.root / "app/more.py").unlink()
    write(shop.root, {"app/more.py/__init__.py": "def f():\n    print(7)\n"})


def _checkout(shop: Shop) -> None:
    for place in (shop.root, *shop.root.rglob("*"), shop.root.parent):
        os.utime(place, (1_700_000_000, 1_700_000_000), follow_symlinks=False)
    write(shop.root, {"app/jobs.py": "def run(items):\n    print(len(items))\n"})


def _saved(shop: Shop) -> None:
    """As editors save: another file takes the place of the old one."""
    write(shop.root, {"app/jobs.py~": "def run():\n    print(2)\n    print(3)\n"})
    os.replace(shop.root / "app/jobs.py~", shop.root / "app/jobs.py")


HISTORY: list[Callable[[Shop], None]] = [
    CHANGES["an edit"],
    _write("app/jobs.py", "def run(items):\n    for item in items:\n        print(item, 1)\n"),
    _checkout,
    _write("app/more.py", "def f():\n    print(1)\n"),
    _write("app/more.py", "def f():\n    print(1)\n    print(2)\n"),
    _write("app/more.py", "def f(:\n"),
    _write("app/more.py", "def f():\n    print(12)\n"),
    _saved,
    _link,
    CHANGES["an edit"],
    _folder,
    _write("app/more.py/__init__.py", "def f():\n    print(7)\n    print(8)\n"),
    CHANGES["a file less"],
    _write("pyproject.toml", '[tool.layercheck]\nignore = ["LC308"]\n'),
    _write("app/more.py/__init__.py", "def f():\n    print(7)\n"),
    _write("pyproject.toml", "[tool.layercheck]\n"),
]


def test_run_by_run_the_same_as_cold(shop: Shop) -> None:
    """What the notes of one run say is handed on to the next; nothing gets lost on the way."""
    shop.run()
    for number, change in enumerate(HISTORY):
        change(shop)
        assert shop.run() == shop.cold(), number


def test_new_time_stamps_alone_do_not_end_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.run()
    for place in (shop.root, *shop.root.rglob("*"), shop.root.parent):
        os.utime(place, (1_700_000_000, 1_700_000_000))
    (file,) = shop.cache.glob("*.run")
    before = file.read_bytes()
    assert repeats(shop, monkeypatch)
    assert shop.run() == first
    after = file.read_bytes()
    assert after != before, "the stamps are noted anew"
    assert shop.run() == first
    assert file.read_bytes() == after, "and not again"


def test_git_indexes_of_two_checkouts_are_alike(tmp_path: Path) -> None:
    notes = []
    for name in ("one", "two"):
        write(tmp_path / name, {"app/main.py": "x = 1\n", "README.md": ""})
        git(tmp_path / name, "init", "-q")
        git(tmp_path / name, "add", "-A")
        path = str(tmp_path / name / ".git" / "index")
        notes.append(warm._digest(path, warm._note(path)))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert (tmp_path / "one/.git/index").read_bytes() != (tmp_path / "two/.git/index").read_bytes()
    assert notes[0] == notes[1]
    write(tmp_path / "two", {"app/more.py": ""})
    git(tmp_path / "two", "add", "-A")
    assert warm._digest(path, warm._note(path)) != notes[0]


def test_a_configuration_file_above_the_project_ends_it(tmp_path: Path) -> None:
    write(tmp_path, {f"outer/{k}": v for k, v in PRINTING.items()})
    shop = Shop(tmp_path / "outer", tmp_path / "cache")
    assert "LC308" in shop.run()
    write(tmp_path, {"layercheck.toml": 'ignore = ["LC308"]\n'})
    assert shop.run() == shop.cold()
    assert "LC308" not in shop.run()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("layercheck.toml", 'ignore = ["LC308"]\n'),
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("requirements.txt", "fastapi\n"),
    ],
)
def test_what_appears_above_a_project_elsewhere_ends_it(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {f"outer/shop/{k}": v for k, v in PRINTING.items()} | {"here/x.txt": ""})
    shop = Shop(tmp_path / "here", tmp_path / "cache")
    elsewhere = str(tmp_path / "outer" / "shop" / "app")
    assert "LC308" in shop.run(elsewhere)
    write(tmp_path, {f"outer/{name}": text})
    cold = run(shop.root, "--output-format", "concise", "--no-cache", elsewhere)
    assert shop.run(elsewhere) == f"{cold.returncode}\n{cold.stdout}"


def test_an_ignore_file_above_the_project_ends_it(tmp_path: Path) -> None:
    write(tmp_path, {f"repo/shop/{k}": v for k, v in PRINTING.items()})
    write(
        tmp_path,
        {
            "repo/.git/HEAD": "ref: refs/heads/main\n",
            "repo/.git/objects/x": "",
            "repo/.git/refs/x": "",
            "repo/shop/layercheck.toml": "",
        },
    )
    shop = Shop(tmp_path / "repo" / "shop", tmp_path / "cache")
    assert "LC308" in shop.run()
    write(tmp_path, {"repo/.gitignore": "jobs.py\n"})
    assert shop.run() == shop.cold()
    assert "LC308" not in shop.run()


def test_other_arguments_are_another_run(shop: Shop) -> None:
    assert "LC308" in shop.run()
    assert "LC308" not in shop.run("--ignore", "LC308")
    assert "LC308" in shop.run()


@pytest.mark.parametrize("damage", [b"", b"\x00\x01", b"nonsense" * 100])
def test_damaged_notes_are_no_notes(shop: Shop, damage: bytes) -> None:
    first = shop.run()
    (file,) = shop.cache.glob("*.run")
    file.write_bytes(damage)
    assert shop.run() == first


def test_a_run_that_warned_is_not_repeated(shop: Shop) -> None:
    write(shop.root, {"app/odd.py": "x = 1\n"})
    os.chmod(shop.root / "app/odd.py", 0)
    if os.access(shop.root / "app/odd.py", os.R_OK):
        pytest.skip("this user may read everything")
    shop.run()
    assert not list(shop.cache.glob("*.run"))


def test_without_cache_nothing_is_kept(shop: Shop) -> None:
    shop.cold()
    assert not shop.cache.exists()


def test_a_cache_inside_the_project_is_left_to_the_ordinary_run(shop: Shop) -> None:
    inside = shop._replace(cache=shop.root / ".cache")
    first = inside.run()
    assert inside.run() == first
    assert not list(inside.cache.glob("*.run"))


def test_cache_clean_removes_everything(shop: Shop) -> None:
    shop.run()
    assert run(shop.root, "cache", "clean", "--cache-dir", str(shop.cache)).returncode == 0
    assert [path.name for path in shop.cache.iterdir()] == [".gitignore"]


def test_other_arguments_use_the_stored_findings_without_the_rows(shop: Shop) -> None:
    first = shop.run()
    (blobs,) = shop.cache.glob("*.blobs")
    blobs.unlink()
    done = run(shop.root, *shop.arguments("--verbose"))
    assert f"{done.returncode}\n{done.stdout}" == first
    assert "0 parsed" in done.stderr
    assert "0 checked" in done.stderr
    write(shop.root, {"app/more.py": "def f():\n    print(1)\n"})
    assert shop.run() == shop.cold() != first
