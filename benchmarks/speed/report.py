"""Figures as Markdown and SVG, and the block of docs/performance.md that is generated."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speed import plots
from speed.items import LABELS
from speed.targets import Outcome, Target, outcomes
from speed.timing import Measure, Results, counted, median

BEGIN = "<!-- benchmarks/speed.py writes from here -->"
END = "<!-- to here -->"


def document(run: dict[str, Any]) -> str:
    """The generated part of docs/performance.md for a session as `record` made it."""
    results = restored(run)
    parts = [
        f"Session of {run['date']} on revision {run.get('revision') or 'unknown'}: Python {run['python']}, {run['processors']} processors, {run['machine']}; "
        f"layercheck {run.get('build', 'plain')}; at most {run['rounds']} rounds. The load of the machine was {run['load']} at the end.",
        targets_table(outcomes(results, run.get("latency"))),
    ]
    for corpus in run["corpora"]:
        parts.append(
            f"### {corpus['name']}: {corpus['files']:,} files, {corpus['lines']:,} lines, {corpus['size']:,} bytes"
        )
        parts.append(size_table(corpus, results))
    return "\n\n".join(parts)


def record(
    corpora: Sequence[Any], results: Results, latency: dict[str, Any] | None, rounds: int, build: str
) -> dict[str, Any]:  # fmt: skip
    """A session as plain values, for --json."""
    return {
        "date": datetime.date.today().isoformat(),
        "revision": revision(),
        "python": platform.python_version(),
        "machine": platform.system() + " " + platform.machine(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        "rounds": rounds,
        "build": build,
        "corpora": [{**corpus._asdict(), "path": ""} for corpus in corpora],
        "latency": latency,
        "results": {
            name: {str(number): list(measure) for number, measure in taken.items()} for name, taken in results.items()
        },
    }


def revision() -> str:
    """The commit of this checkout, shortened; empty where git cannot tell."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def restored(run: dict[str, Any]) -> Results:
    """The results of a recorded session."""
    return {
        name: {int(number): Measure(*values) for number, values in taken.items()}
        for name, taken in run["results"].items()
    }


def targets_table(found: Sequence[Outcome]) -> str:
    """Each target with what was measured."""
    rows = [
        "| run | size | median | lowest to highest | n | must | | stretch | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for outcome in found:
        target = outcome.target
        rows.append(
            f"| {target.title} | {target.size} | **{_shown(target, outcome.value)}** "
            f"| {_shown(target, outcome.low)} to {_shown(target, outcome.high)} | {outcome.rounds} "
            f"| {_shown(target, target.must)} | {outcome.must} | {_shown(target, target.stretch)} | {outcome.stretch} |"
        )
    return "\n".join(rows)


def size_table(corpus: dict[str, Any], results: Results) -> str:
    """Every command that was timed on a corpus."""
    rows = ["| command | n | wall s | lowest to highest | cpu s | peak MiB | kLOC/s | wall x F |", "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    floor = results.get(f"{corpus['name']}:floor")
    for key, label in LABELS.items():
        taken = results.get(f"{corpus['name']}:{key}")
        if not taken:
            continue
        measures = counted(taken)
        wall = median(taken, "wall")
        walls = [m.wall for m in measures]
        pace = "" if key == "pass" else f"{corpus['lines'] / wall / 1000:,.0f}"
        times = f"{wall / median(floor, 'wall'):.2f}" if floor else ""
        note = " (killed)" if any(m.code == -9 for m in measures) else ""
        rows.append(
            f"| {label}{note} | {len(measures)} | {wall:.3f} | {min(walls):.3f} to {max(walls):.3f} "
            f"| {median(taken, 'cpu'):.3f} | {median(taken, 'peak'):.0f} "
            f"| {pace} | {times} |"
        )
    return "\n".join(rows)


def _shown(target: Target, value: float | None) -> str:
    if value is None:
        return ""
    if target.kind == "added":
        return f"{value:.1f} %"
    if target.kind == "latency":
        return f"{value:.1f} ms"
    if target.kind == "value":
        return f"{value:.0f} MiB"
    if 0 < value < 0.1 and target.top == "cold2":
        return f"1/{1 / value:.0f}"
    return f"{value:.2f}"


def write_document(path: Path, text: str) -> None:
    """Replace what lies between the two markers of a file; the prose around them stays. Raises ValueError when a marker is missing."""
    content = path.read_text(encoding="utf-8")
    before, begin, rest = content.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} lacks the markers {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def write_plots(folder: Path, run: dict[str, Any]) -> list[Path]:
    """The charts of a session: time and memory against lines of code, and the warm runs as bars."""
    results = restored(run)
    folder.mkdir(parents=True, exist_ok=True)
    charts: dict[str, str] = {}
    keys = ("cold1", "cold2", "floor", "ruff", "ruff-all", "imports", "flake8", "bandit", "pylint")
    charts["time"] = _against_lines("Cold run", "seconds, cpu", "cpu", keys, run, results)
    charts["memory"] = _against_lines("Peak memory of a process, cold", "MiB", "peak", keys, run, results)
    for corpus in run["corpora"]:
        size = corpus["name"]
        taken = [(k, results[f"{size}:{k}"]) for k in ("pass", "warm", "changed", "restored", "ruff-warm", "ruff") if f"{size}:{k}" in results]  # fmt: skip
        if taken:
            shown = [(LABELS[key].replace("`", ""), median(found, "wall") * 1000) for key, found in taken]
            charts[f"warm-{size}"] = plots.bars(
                f"Repeated runs on {size}, {corpus['lines']:,} lines", "ms, wall", shown
            )
    written = []
    for name, chart in charts.items():
        if chart:
            written.append(folder / f"speed-{name}.svg")
            written[-1].write_text(chart, encoding="utf-8")
    return written


def _against_lines(
    title: str, unit: str, field: str, keys: Sequence[str], run: dict[str, Any], results: Results
) -> str:  # fmt: skip
    series: list[plots.Series] = []
    for key in keys:
        points = [
            (float(corpus["lines"]), median(results[f"{corpus['name']}:{key}"], field))
            for corpus in run["corpora"]
            if f"{corpus['name']}:{key}" in results
        ]
        if points:
            series.append((LABELS[key], points))
    return plots.lines(title, "lines of code", unit, series) if series else ""
