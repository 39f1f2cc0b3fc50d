"""The command line: what to measure, on what, how often, and where the figures go."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from speed import counts, growth
from speed.corpus import SIZES, corpora
from speed.environments import BUILDS, REPOSITORY, Tools, tools
from speed.items import LABELS, SKIPPED_ON_L, items
from speed.report import document, record, restored, write_document, write_plots
from speed.timing import Item, rotate

DOCUMENT = REPOSITORY / "docs" / "performance.md"
PLOTS = REPOSITORY / "docs" / "plots"


def main() -> None:
    """Measure and print; exits with 1 when --quick finds a limit exceeded."""
    options = parse(sys.argv[1:])
    work = Path(options.work).resolve()
    if options.quick:
        sys.exit(counts.main(work))
    if options.command == "growth":
        growth.main(work, options)
        return
    run = merged(options.load) if options.load else measure(work, options)
    if options.json:
        keep(Path(options.json), run)
    print(document(run))
    if options.write:
        write_document(DOCUMENT, document(run))
        write_plots(PLOTS, run)


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", nargs="?", choices=["run", "growth"], default="run")
    parser.add_argument("--quick", action="store_true", help="no timing: count what must not grow, fail over a limit")
    parser.add_argument("--sizes", default="S,M", help="of S,M,L (default: S,M)")
    parser.add_argument("--rounds", type=int, default=7, help="after the warm-up (default: 7)")
    parser.add_argument("--only", default="", help=f"of {', '.join(LABELS)}, latency")
    parser.add_argument("--slow", type=float, default=60, help="what takes longer (seconds) is run once (default: 60)")
    parser.add_argument("--build", choices=BUILDS, help="of layercheck (default: compiled where there is a C compiler)")
    parser.add_argument("--limit", type=float, default=1800, help="what takes longer (seconds) is killed")
    parser.add_argument("--json", metavar="FILE", help="keep the measures")
    parser.add_argument("--load", metavar="FILE", action="append", help="show kept measures instead of making some")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md and its plots")
    parser.add_argument("--work", default=str(Path(tempfile.gettempdir()) / "layercheck-speed"), help="work folder")
    parser.add_argument("--lines", default="1000,3000,10000,30000,100000", help="growth: sizes of the projects")
    parser.add_argument("--faults", default="10", help="growth: faults in 1,000 lines; several after commas")
    return parser.parse_args(arguments)


def measure(work: Path, options: argparse.Namespace) -> dict[str, Any]:
    """One session: all sizes, all commands, in rotation."""
    work.mkdir(parents=True, exist_ok=True)
    sizes = options.sizes.split(",")
    only = set(filter(None, options.only.split(",")))
    unknown = (set(sizes) - set(SIZES)) | (only - set(LABELS) - {"latency"})
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}")
    found = corpora(work, sizes)
    installed = tools(work, options.build)
    chosen = [item for corpus in found for item in items(corpus, installed, work) if wanted(item, only)]
    results = rotate(chosen, options.rounds, options.slow, options.limit, say)
    latency = None
    if options.json:
        keep(Path(options.json), record(found, results, None, options.rounds, installed.build))
    if "M" in sizes and (not only or "latency" in only):
        latency = measured_latency(installed, next(c.path for c in found if c.name == "M"))
    return record(found, results, latency, options.rounds, installed.build)


def keep(path: Path, run: dict[str, Any]) -> None:
    """Write a session to a file."""
    path.write_text(json.dumps(run, indent=1), encoding="utf-8")


def wanted(item: Item, only: set[str]) -> bool:
    """Whether an item is run: what --only names, or all but the tools that take minutes on L."""
    if only:
        return item.key in only
    return item.size != "L" or item.key not in SKIPPED_ON_L


def measured_latency(installed: Tools, folder: Path) -> dict[str, Any]:
    """Edits in one process; see latency.py."""
    script = Path(__file__).with_name("latency.py")
    done = subprocess.run(
        [installed.python, "-P", str(script), str(folder)], check=True, capture_output=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def merged(files: list[str]) -> dict[str, Any]:
    """Several kept sessions as one; later ones win. For a size that was measured on its own."""
    run: dict[str, Any] = {}
    for file in files:
        loaded = json.loads(Path(file).read_text(encoding="utf-8"))
        results = {**run.get("results", {}), **loaded["results"]}
        known = {c["name"]: c for c in [*run.get("corpora", []), *loaded["corpora"]]}
        latency = loaded.get("latency") or run.get("latency")
        run = {**loaded, "results": results, "corpora": [known[s] for s in SIZES if s in known], "latency": latency}
    restored(run)
    return run


def say(text: str) -> None:
    """Progress, beside the figures on standard output."""
    print(text, file=sys.stderr, flush=True)
