"""What does not depend on timing: how much is parsed, checked, imported and stored. Runs on the bundled example, in seconds.

The limits are a little above what the present code reaches: lower them with it, and raise one only with a reason in the commit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from layercheck.config import load_settings
from layercheck.engine import Engine
from layercheck.registry import rules

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "bookshop"
EDITED = "app/services/orders.py"

LIMITS: dict[str, float] = {
    "parsed per file, cold": 1.0,
    "parsed again, nothing changed": 0,
    "checked again, nothing changed": 0,
    "parsed after an edit in a function": 1,
    "checked after an edit in a function, same process, share of files": 0.25,
    "parsed after an edit in a function, new process": 1,
    "modules imported on the warm path": 60,
    "modules of other packages on the warm path": 0,
    "cache bytes per source byte": 5.0,
}


class Count(NamedTuple):
    """One number and its limit."""

    name: str
    value: float
    limit: float

    @property
    def over(self) -> bool:
        """Whether the limit is exceeded."""
        return self.value > self.limit


def counts(source: Path, edited: str, scratch: Path) -> list[Count]:
    """Count everything on a copy of `source`, whose file `edited` gets one more statement in a function."""
    project, cache = scratch / "project", scratch / "cache"
    shutil.copytree(source, project, ignore=shutil.ignore_patterns("__pycache__"))
    values: dict[str, float] = {}
    cold = _engine(project, cache)
    cold.findings_all()
    files = cold.files()
    values["parsed per file, cold"] = cold.stats.parsed / len(files)

    size = sum((project / path).stat().st_size for path in cold.project.files())
    stored = sum(file.stat().st_size for file in cache.rglob("*") if file.is_file())
    values["cache bytes per source byte"] = stored / size

    warm = _engine(project, cache)
    warm.findings_all()
    values["parsed again, nothing changed"] = warm.stats.parsed
    values["checked again, nothing changed"] = warm.stats.checked
    modules = imported(project, cache)
    values["modules imported on the warm path"] = len(modules)
    values["modules of other packages on the warm path"] = len(foreign(modules))

    text = edit((project / edited).read_text(encoding="utf-8"))
    parsed, checked = cold.stats.parsed, cold.stats.checked
    cold.update(edited, text)
    cold.findings_all()
    values["parsed after an edit in a function"] = cold.stats.parsed - parsed
    values["checked after an edit in a function, same process, share of files"] = (
        cold.stats.checked - checked
    ) / len(files)  # fmt: skip

    (project / edited).write_text(text, encoding="utf-8")
    again = _engine(project, cache)
    again.findings_all()
    values["parsed after an edit in a function, new process"] = again.stats.parsed
    return [Count(name, values[name], limit) for name, limit in LIMITS.items()]


def edit(text: str) -> str:
    """The text with one more statement in the function that is defined last."""
    lines = text.splitlines(keepends=True)
    last = max(i for i, line in enumerate(lines) if line.lstrip().startswith(("return ", "return\n")))
    indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
    return "".join([*lines[:last], f"{indent}_speed_probe = 1\n", *lines[last:]])


def imported(project: Path, cache: Path) -> set[str]:
    """The modules that a warm run imports beyond those of a bare interpreter, by `python -X importtime`."""
    start = "from layercheck.__main__ import main; main()"
    arguments = ["check", "--isolated", "-q", "--no-progress", "--exit-zero", "--cache-dir", str(cache), str(project)]
    _modules(start, arguments)  # so that the cache of this very command is there
    return _modules(start, arguments) - _modules("pass", [])


def foreign(modules: set[str]) -> set[str]:
    """The modules that are neither layercheck's nor the standard library's."""
    return {m for m in modules if m.partition(".")[0] not in {"layercheck", *sys.stdlib_module_names}}


def main(work: Path) -> int:
    """Print the counts; 1 when a limit is exceeded."""
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as scratch:
        found = counts(EXAMPLE, EDITED, Path(scratch))
    print("| count | value | limit | |\n|---|---|---|---|")
    for count in found:
        print(f"| {count.name} | {count.value:.4g} | {count.limit:g} | {'OVER' if count.over else 'ok'} |")
    return 1 if any(count.over for count in found) else 0


def _engine(project: Path, cache: Path) -> Engine:
    settings = load_settings(str(project), isolated=True, rules=tuple(r.rule for r in rules()))
    return Engine(settings, jobs=1, cache_dir=str(cache))


def _modules(code: str, arguments: list[str]) -> set[str]:
    command = [sys.executable, "-X", "importtime", "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    rows = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {row.rpartition("|")[2].strip() for row in rows} - {"imported package"}
