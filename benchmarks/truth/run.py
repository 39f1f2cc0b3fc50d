"""Install each target into an environment of its own, let it dump itself and run its migrations, compare, print two tables.

python benchmarks/truth/run.py [NAME ...] [--work DIR] [--details]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from compare import compare  # noqa: E402
from compare_schema import compare_schema  # noqa: E402


def environment(folder: Path, requires: list[str]) -> Path:
    """The interpreter of a virtual environment with the given requirements; made when it is not there yet."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "installed.txt"
    wanted = "\n".join(requires)
    if done.exists() and done.read_text() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv")
    if uv is not None:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), *requires], check=True, cwd=ROOT)
    else:
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *requires], check=True, cwd=ROOT)
    done.write_text(wanted)
    return python


def source_tree(python: Path, target: dict[str, Any], folder: Path) -> Path:
    """The files to read: a folder of this repository, or a copy of the installed packages."""
    if "tree" in target:
        return ROOT / target["tree"]
    shutil.rmtree(folder, ignore_errors=True)
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    for package in target["packages"]:
        shutil.copytree(Path(site) / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for unused in target.get("omit", ()):
        shutil.rmtree(folder / unused)
    return folder


def dump(python: Path, target: dict[str, Any], tree: Path, out: Path, scratch: Path) -> Any:
    """Run dump.py in the target's interpreter, in a scratch folder that is also its home."""
    command = [str(python), str(HERE / "dump.py"), target["app"], "--out", str(out)]
    command += ["--factory"] if target.get("factory") else []
    command += ["--path", str(tree)] if "tree" in target else []
    for name in target.get("imports", ()):
        command += ["--import", name]
    if "before" in target:
        command += ["--before", target["before"]]
    return _run(command, scratch, target.get("env", {}), out)


def migrate(python: Path, target: dict[str, Any], tree: Path, out: Path, scratch: Path) -> list[dict[str, Any]]:
    """Run migrate.py in the target's interpreter on a new SQLite database."""
    wanted = target["migrations"]
    scratch.mkdir(exist_ok=True)
    database = scratch / "migrated.db"
    database.unlink(missing_ok=True)
    command = [str(python), str(HERE / "migrate.py"), str(tree / wanted["folder"]), "--url", f"sqlite:///{database}"]
    command += ["--out", str(out), "--path", str(tree)]
    for name, value in wanted.get("env", {}).items():
        command += ["--env", f"{name}={value}"]
    for name, value in wanted.get("main", {}).items():
        command += ["--main", f"{name}={value.replace('{tree}', str(tree))}"]
    command += ["--plain"] if wanted.get("plain") else []
    command += ["--before", wanted["before"]] if "before" in wanted else []
    return _run(command, scratch, target.get("env", {}), out)  # type: ignore[no-any-return]


def _run(command: list[str], scratch: Path, env: dict[str, str], out: Path) -> Any:
    scratch.mkdir(exist_ok=True)
    variables = {"PATH": os.environ.get("PATH", ""), "HOME": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=scratch, env=variables | env, capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}")
    return json.loads(out.read_text(encoding="utf-8"))


def main() -> None:
    """The table: what was compared, what differs."""
    targets = tomllib.loads((HERE / "targets.toml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(targets)}")
    parser.add_argument(
        "--work", default=os.path.join(tempfile.gettempdir(), "layercheck-truth"), help="where environments are kept"
    )
    parser.add_argument("--details", action="store_true", help="every difference by name")
    options = parser.parse_args()
    unknown = [n for n in options.names if n not in targets]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    names = options.names or list(targets)
    print("| application | routes | tables | columns | relationships | differences |")
    print("|---|---|---|---|---|---|")
    for name in names:
        if "app" in targets[name]:
            print(_application(name, targets[name], work, options.details), flush=True)
    print()
    print(
        "| migrations of | revisions | tables | known to the replay | columns compared | constraints compared | differences |"
    )
    print("|---|---|---|---|---|---|---|")
    for name in names:
        if "migrations" in targets[name]:
            print(_migrations(name, targets[name], work, options.details), flush=True)


def _application(name: str, target: dict[str, Any], work: Path, details: bool) -> str:
    """The line of the running application."""
    try:
        python = environment(work / name, target["requires"])
        tree = source_tree(python, target, work / f"{name}-tree")
        found = dump(python, target, tree, work / f"{name}.json", work / f"{name}-scratch")
    except (RuntimeError, subprocess.SubprocessError, OSError) as error:
        return f"| {name} | - | - | - | - | not run: {error} |"
    counts, differences = compare(str(tree), found)
    cells = " | ".join(str(counts[k]) for k in ("routes", "tables", "columns", "relationships"))
    return f"| {name} | {cells} | {_summary(differences)} |{_lines(differences) if details else ''}"


def _migrations(name: str, target: dict[str, Any], work: Path, details: bool) -> str:
    """The line of the migrated database."""
    try:
        python = environment(work / name, target["requires"])
        tree = source_tree(python, target, work / f"{name}-tree")
        found = migrate(python, target, tree, work / f"{name}.schema.json", work / f"{name}-scratch")
    except (RuntimeError, subprocess.SubprocessError, OSError) as error:
        return f"| {name} | - | - | - | - | - | not run: {error} |"
    counts, differences, unknown = compare_schema(str(tree), target["migrations"]["folder"], found)
    cells = " | ".join(str(counts[k]) for k in ("revisions", "tables", "known tables", "columns"))
    cells += f" | {counts['constraints']} of {counts['constraints in all']}"
    more = _lines({**differences, "not known": unknown}) if details else ""
    return f"| {name} | {cells} | {_summary(differences)} |{more}"


def _summary(differences: dict[str, list[str]]) -> str:
    return ", ".join(f"{len(v)} {k}" for k, v in differences.items() if v) or "none"


def _lines(differences: dict[str, list[str]]) -> str:
    return "".join(f"\n    {kind}: {line}" for kind, lines in differences.items() for line in lines)


if __name__ == "__main__":
    main()
