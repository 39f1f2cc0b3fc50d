"""The tools that are compared, in environments of their own: the peers alone, and layercheck with the hosts of its plugins."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
PEERS = ("ruff==0.17.6", "flake8==7.5.0", "pylint==4.1.4", "bandit==1.9.4", "import-linter==2.17")
HOSTS = ("click>=8.1", "flake8==7.5.0", "pylint==4.1.4")
_FOLDER = "Scripts" if os.name == "nt" else "bin"


class Tools(NamedTuple):
    """The folders of executables: `peers` knows nothing of layercheck, `ours` has it installed beside flake8 and pylint."""

    peers: Path
    ours: Path

    @property
    def python(self) -> str:
        """The interpreter that runs layercheck, and the measures that it is compared with."""
        return str(self.ours / "python")


def tools(work: Path) -> Tools:
    """Both environments, made or brought up to date. layercheck is installed from this checkout as a user would have it: no editable install."""
    peers = _environment(work / "env" / "peers", PEERS)
    ours = _environment(work / "env" / "layercheck", HOSTS)
    _install_layercheck(work / "env" / "layercheck", ours)
    return Tools(peers, ours)


def _environment(folder: Path, requires: tuple[str, ...]) -> Path:
    note = folder / "installed.txt"
    wanted = "\n".join((sys.version, *requires))
    if not note.exists() or note.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        _pip(folder / _FOLDER, *requires)
        note.write_text(wanted)
    return folder / _FOLDER


def _install_layercheck(folder: Path, executables: Path) -> None:
    note = folder / "layercheck.txt"
    state = hashlib.sha256()
    for file in [REPOSITORY / "pyproject.toml", *sorted((REPOSITORY / "src").rglob("*.py"))]:
        state.update(file.read_bytes())
    if not note.exists() or note.read_text() != state.hexdigest():
        _pip(executables, "--no-deps", "--force-reinstall", str(REPOSITORY))
        note.write_text(state.hexdigest())


def _pip(executables: Path, *arguments: str) -> None:
    subprocess.run([str(executables / "python"), "-m", "pip", "install", "-q", *arguments], check=True)
