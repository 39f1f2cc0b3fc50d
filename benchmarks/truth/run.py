"""Install each target into an environment of its own, let it dump itself, compare, print one table.

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
    return folder


def dump(python: Path, target: dict[str, Any], tree: Path, out: Path, scratch: Path) -> dict[str, Any]:
    """Run dump.py in the target's interpreter, in a scratch folder that is also its home."""
    command = [str(python), str(HERE / "dump.py"), target["app"], "--out", str(out)]
    command += ["--factory"] if target.get("factory") else []
    command += ["--path", str(tree)] if "tree" in target else []
    for name in target.get("imports", ()):
        command += ["--import", name]
    if "before" in target:
        command += ["--before", target["before"]]
    scratch.mkdir(exist_ok=True)
    variables = {"PATH": os.environ.get("PATH", ""), "HOME": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=scratch, env=variables | target.get("env", {}), capture_output=True, text=True, timeout=600, check=False
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}")
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


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
    print("| application | routes | tables | columns | relationships | differences |")
    print("|---|---|---|---|---|---|")
    for name in options.names or targets:
        target = targets[name]
        try:
            python = environment(work / name, target["requires"])
            tree = source_tree(python, target, work / f"{name}-tree")
            found = dump(python, target, tree, work / f"{name}.json", work / f"{name}-scratch")
        except (RuntimeError, subprocess.SubprocessError, OSError) as error:
            print(f"| {name} | - | - | - | - | not run: {error} |", flush=True)
            continue
        counts, differences = compare(str(tree), found)
        shown = ", ".join(f"{len(v)} {k}" for k, v in differences.items() if v) or "none"
        cells = " | ".join(str(counts[k]) for k in ("routes", "tables", "columns", "relationships"))
        print(f"| {name} | {cells} | {shown} |", flush=True)
        for kind, lines in differences.items() if options.details else ():
            for line in lines:
                print(f"    {kind}: {line}")


if __name__ == "__main__":
    main()
