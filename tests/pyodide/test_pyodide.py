"""layercheck on Python 3.14 (CPython under Node) says what it says here, byte for byte."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
NODE = shutil.which("node")
NPM = shutil.which("npm")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (NODE and NPM), reason="needs node and npm"),
]

NEW_SYNTAX = '''\
"""Statements that one Python or another cannot parse."""

type Pair[T] = tuple[T, T]


def first[T](pair: Pair[T]) -> T:
    try:
        return pair[0]
    except IndexError, KeyError:
        print(f"{"nothing"} in {pair!r}")
        print(t"{pair}")
        raise
'''


@pytest.fixture(scope="session")
def pyodide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the installed pyodide package; installed where it is not, in a folder that git ignores."""
    modules = HERE / "node_modules"
    if not (modules / "pyodide" / "pyodide.mjs").exists():
        # Beside its place, and moved there at once: several test processes may come here together.
        with tempfile.TemporaryDirectory(prefix="node_modules-", dir=HERE) as folder:
            shutil.copy(HERE / "package.json", folder)
            install = [str(NPM), "install", "--no-package-lock", "--no-audit", "--no-fund", "--prefix", folder]
            subprocess.run(install, check=True, timeout=600, stdin=subprocess.DEVNULL)
            with contextlib.suppress(OSError):
                os.rename(Path(folder, "node_modules"), modules)
    return modules / "pyodide"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dependencies of layercheck, which are pure Python, copied from this environment."""
    target = tmp_path_factory.mktemp("site")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        for file in importlib.metadata.distribution(name).files or []:
            if file.suffix == ".py" and ".." not in file.parts:
                copy = target / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), copy)
    return target


class Both:
    """Runs a command line on both Pythons."""

    def __init__(self, pyodide: Path, site: Path) -> None:
        self.there = [str(NODE), str(HERE / "run.mjs"), str(pyodide), str(site), str(REPOSITORY / "src")]

    def run_there(self, *arguments: str, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
        command = [*self.there, str(folder), *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, stdin=subprocess.DEVNULL)

    def same(self, *arguments: str, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
        """The answer of this Python, after making sure that 3.14 gives the same one."""
        command = [sys.executable, "-m", "layercheck", *arguments]
        here = subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=300, cwd=folder, stdin=subprocess.DEVNULL
        )
        there = self.run_there(*arguments, folder=folder)
        assert (there.stdout, there.returncode) == (here.stdout, here.returncode), there.stderr
        return here


@pytest.fixture(scope="session")
def both(pyodide: Path, site: Path) -> Both:
    return Both(pyodide, site)


def test_it_is_python_3_14(both: Both) -> None:
    assert both.run_there("--python").stdout.split() == ["3.14", "emscripten"]


def test_check_gives_the_same_findings(both: Both) -> None:
    answer = both.same("check", "examples/bookshop", "--output-format", "json", "--no-cache")
    assert answer.returncode == 1
    assert '"LC601"' in answer.stdout


def test_check_of_the_clean_twin(both: Both) -> None:
    assert both.same("check", "examples/bookshop-clean", "--no-cache").returncode == 0


def test_explain_and_rules(both: Both) -> None:
    assert "LC103" in both.same("explain", "LC103").stdout
    assert "LC901" in both.same("rules").stdout


def test_syntax_that_only_new_pythons_know(both: Both, tmp_path: Path) -> None:
    """No Python calls another's syntax broken, and positions are those of the file."""
    (tmp_path / "service.py").write_text(NEW_SYNTAX, encoding="utf-8")
    arguments = ["--isolated", "--no-cache", "--select", "LC009,LC308", "--output-format", "concise"]
    answer = both.same("check", *arguments, "service.py", folder=tmp_path)
    assert "LC009" not in answer.stdout
    assert [line.split(":")[1] for line in answer.stdout.splitlines() if "LC308" in line] == ["10", "11"]


def test_usage_errors(both: Both) -> None:
    assert both.same("check", "no/such/path").returncode == 2
