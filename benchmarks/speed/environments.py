"""The tools that are compared, in environments of their own: the peers alone, and layercheck with the hosts of its plugins."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
PEERS = ("ruff==0.17.6", "flake8==7.5.0", "pylint==4.1.4", "bandit==1.9.4", "import-linter==2.17")
HOSTS = ("click>=8.1", "flake8==7.5.0", "pylint==4.1.4")
_FOLDER = "Scripts" if os.name == "nt" else "bin"
BUILDS = ("compiled", "plain")
"""How layercheck is installed: from a compiled wheel (docs/compiled.md), or as Python alone, as `pip install` has it."""


class Tools(NamedTuple):
    """The folders of executables: `peers` knows nothing of layercheck, `ours` has it installed beside flake8 and pylint."""

    peers: Path
    ours: Path
    build: str
    """One of BUILDS."""

    @property
    def python(self) -> str:
        """The interpreter that runs layercheck, and the measures that it is compared with."""
        return str(self.ours / "python")


def tools(work: Path, build: str | None = None) -> Tools:
    """Both environments, made or brought up to date. layercheck is installed from this checkout, no editable
    install: compiled where there is a C compiler, unless `build` says otherwise. Compiling takes some minutes, once a revision."""
    chosen = build or ("compiled" if has_compiler() else "plain")
    peers = _environment(work / "env" / "peers", PEERS)
    ours = _environment(work / "env" / "layercheck", HOSTS)
    _install_layercheck(work / "env" / "layercheck", ours, chosen)
    return Tools(peers, ours, chosen)


def has_compiler() -> bool:
    """Whether there is a C compiler like the one that built this Python."""
    command = (sysconfig.get_config_var("CC") or "cc").split()
    return shutil.which(command[0]) is not None


def _environment(folder: Path, requires: tuple[str, ...]) -> Path:
    note = folder / "installed.txt"
    wanted = "\n".join((sys.version, *requires))
    if not note.exists() or note.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        _pip(folder / _FOLDER, *requires)
        note.write_text(wanted)
    return folder / _FOLDER


def _install_layercheck(folder: Path, executables: Path, build: str) -> None:
    note = folder / "layercheck.txt"
    state = hashlib.sha256(build.encode())
    for file in [REPOSITORY / "pyproject.toml", *sorted((REPOSITORY / "src").rglob("*.py"))]:
        state.update(file.read_bytes())
    if note.exists() and note.read_text() == state.hexdigest():
        return
    with tempfile.TemporaryDirectory() as copy:  # a build leaves what it compiled beside the sources
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(REPOSITORY / name, copy)
        shutil.copytree(REPOSITORY / "src", Path(copy) / "src", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        compiling = {"HATCH_BUILD_HOOKS_ENABLE": "1"} if build == "compiled" else {}
        _pip(executables, "--no-deps", "--force-reinstall", copy, **compiling)
    note.write_text(state.hexdigest())


def _pip(executables: Path, *arguments: str, **surroundings: str) -> None:
    command = [str(executables / "python"), "-m", "pip", "install", "-q", *arguments]
    subprocess.run(command, check=True, env={**os.environ, **surroundings})
