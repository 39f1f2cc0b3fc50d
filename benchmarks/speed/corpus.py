"""The source code that is checked: pinned wheels, unpacked, `*.py` only; never installed, never imported."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PINS = (
    "apache-airflow-core==3.3.2",
    "arize-phoenix==20.26.1",
    "chainlit==2.12.0",
    "langflow-base==1.13.0",
    "prefect==3.9.1",
    "zenml==0.98.0",
)
SIZES = ("S", "M", "L")
"""S: one package of Airflow (6 kLOC); M: Airflow without migrations and examples (124 kLOC); L: all six (1,039 kLOC)."""

_FIRST = "apache_airflow_core"
_S_FOLDER = "airflow/api_fastapi/execution_api/"
_NOT_IN_M = re.compile(r"^airflow/(migrations|example_dags|_vendor|ui)/")


class Corpus(NamedTuple):
    """A folder of source code and how much it is."""

    name: str
    path: Path
    files: int
    lines: int
    size: int


def corpora(work: Path, names: list[str]) -> list[Corpus]:
    """The asked-for corpora below `work`, downloaded and unpacked when they are not there yet."""
    root = work / "corpus"
    mark = root / "pins.txt"
    wanted = PINS if "L" in names else PINS[:1]
    present = mark.read_text().split() if mark.exists() else []
    if not set(wanted) <= set(present):
        wheels = [_wheel(root / "wheels", pin) for pin in wanted]
        for size in SIZES:
            shutil.rmtree(root / size, ignore_errors=True)
        for wheel in wheels:
            _unpack(wheel, root)
        mark.write_text("\n".join(wanted))
    return [measured(name, root / name) for name in names]


def measured(name: str, path: Path) -> Corpus:
    """A corpus with its figures, which are remembered beside it."""
    note = path.with_suffix(".json")
    if not note.exists():
        contents = [file.read_bytes() for file in python_files(path)]
        figures = [len(contents), sum(c.count(b"\n") for c in contents), sum(map(len, contents))]
        note.write_text(json.dumps(figures))
    files, lines, size = json.loads(note.read_text())
    return Corpus(name, path, files, lines, size)


def python_files(path: Path) -> Iterator[Path]:
    """The Python files below a folder, sorted."""
    return iter(sorted(file for file in path.rglob("*.py") if file.is_file()))


def top_packages(path: Path) -> list[str]:
    """The packages that lie directly in a folder."""
    return sorted(folder.name for folder in path.iterdir() if (folder / "__init__.py").is_file())


def _wheel(folder: Path, pin: str) -> Path:
    name, _, version = pin.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    found = list(folder.glob(pattern))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--python-version", "3.12", "-d", str(folder), pin], check=True)
        found = list(folder.glob(pattern))
    return found[0]


def _unpack(wheel: Path, root: Path) -> None:
    for size in SIZES:
        root.joinpath(f"{size}.json").unlink(missing_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            name = entry.filename
            if not name.endswith(".py") or ".dist-info/" in name or ".data/" in name or ".." in name.split("/"):
                continue
            targets = [root / "L" / name]
            if wheel.name.startswith(_FIRST):
                if not _NOT_IN_M.match(name):
                    targets.append(root / "M" / name)
                if name.startswith(_S_FOLDER):
                    targets.append(root / "S" / "execution_api" / name.removeprefix(_S_FOLDER))
            data = archive.read(entry)
            for target in targets:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
