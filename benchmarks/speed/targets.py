"""The table of targets: which ratio, how small it must be, how small it could be."""

from __future__ import annotations

import math
import statistics
from typing import Any, NamedTuple

from speed.timing import Results, counted, ratios


class Target(NamedTuple):
    """`top` over `bottom` on a size. `kind`: ratio; added (the ratio less one, in percent); value (of `top` alone)."""

    title: str
    size: str
    top: str
    bottom: str
    field: str
    must: float | None
    stretch: float | None
    kind: str = "ratio"


class Outcome(NamedTuple):
    """What was measured for a target; `low` and `high` are the extremes over the rounds."""

    target: Target
    value: float
    low: float
    high: float
    rounds: int

    @property
    def must(self) -> str:
        """Whether the must was met, in a word."""
        return _verdict(self.value, self.target.must)

    @property
    def stretch(self) -> str:
        """Whether the stretch was met, in a word."""
        return _verdict(self.value, self.target.stretch)


def _verdict(value: float, limit: float | None) -> str:
    return "" if limit is None else "met" if value <= limit else "missed"


def _each(
    title: str, top: str, bottom: str, field: str, limits: dict[str, tuple[float, float]], kind: str = "ratio"
) -> list[Target]:
    return [
        Target(title, size, top, bottom, field, *limits.get(size, (None, None)), kind)
        for size in ("S", "M", "L")
    ]  # fmt: skip


TARGETS: list[Target] = [
    *_each("cold, one process, cpu / F", "cold1", "floor", "cpu", {"M": (1.8, 1.45), "L": (1.8, 1.45)}),
    *_each("cold, two workers, wall / F", "cold2", "floor", "wall", {"M": (1.05, 0.80), "L": (1.05, 0.80)}),
    *_each("cold / ruff, all rules", "cold2", "ruff-all", "wall", {"M": (1.15, 0.9), "L": (1.15, 0.9)}),
    *_each("cold / ruff, default rules", "cold2", "ruff", "wall", {"M": (6, 4.2), "L": (4, 2.9)}),
    *_each("cold / flake8", "cold2", "flake8", "wall", {"M": (1 / 15, 1 / 20)}),
    *_each("cold / bandit", "cold2", "bandit", "wall", {"M": (1 / 11, 1 / 15)}),
    *_each("cold / pylint", "cold2", "pylint", "wall", {"M": (1 / 80, 1 / 110)}),
    *_each("cold / import-linter", "cold2", "imports", "wall", {}),
    *_each("nothing changed / `python -c pass`", "warm", "pass", "wall", {"S": (2, 1.2), "M": (2.5, 1.4), "L": (4, 2.5)}),
    *_each("nothing changed / ruff, cached, dirty project", "warm", "ruff-warm", "wall", {"M": (0.25, 0.15)}),
    *_each("one file changed / `python -c pass`", "changed", "pass", "wall", {"M": (5, 3), "L": (12, 6)}),
    *_each("fresh checkout, restored cache / F", "restored", "floor", "wall", {"M": (0.12, 0.06), "L": (0.12, 0.06)}),
    *_each("flake8 plugin, added cpu, no cache yet", "flake8-cold", "flake8", "cpu", {"M": (4, 2.5)}, "added"),
    *_each("flake8 plugin, added cpu, cached", "flake8-warm", "flake8", "cpu", {}, "added"),
    *_each("pylint plugin, added cpu, no cache yet", "pylint-one-cold", "pylint-one", "cpu", {"M": (10, 7)}, "added"),
    *_each("pylint plugin, added cpu, cached", "pylint-one-warm", "pylint-one", "cpu", {}, "added"),
    *_each("peak memory of a process, cold", "cold1", "", "peak", {"L": (160, 90)}, "value"),
    *_each("peak memory of a process, cold, two workers", "cold2", "", "peak", {"L": (160, 90)}, "value"),
    Target("edit in a function to findings, 5,000 lines, p50", "M", "milliseconds", "", "p50", 15, 5, "latency"),
    Target("edit in a function to findings, 5,000 lines, p95", "M", "milliseconds", "", "p95", 40, 15, "latency"),
    Target("edit in a function to findings, cpu, p50", "M", "cpu", "", "p50", None, None, "latency"),
]  # fmt: skip


def outcomes(results: Results, latency: dict[str, Any] | None) -> list[Outcome]:
    """Every target for which there are measures."""
    found = []
    for target in TARGETS:
        if target.kind == "latency":
            times = sorted((latency or {}).get(target.top, ()))
            if times:
                value = percentile(times, 50 if target.field == "p50" else 95)
                found.append(Outcome(target, value, times[0], times[-1], len(times)))
            continue
        top = results.get(f"{target.size}:{target.top}")
        bottom = results.get(f"{target.size}:{target.bottom}")
        if not top or (target.bottom and not bottom):
            continue
        values = (
            [getattr(m, target.field) for m in counted(top)] if bottom is None else ratios(top, bottom, target.field)
        )
        if target.kind == "added":
            values = [(value - 1) * 100 for value in values]
        found.append(Outcome(target, statistics.median(values), min(values), max(values), len(values)))
    return found


def percentile(ordered: list[float], percent: float) -> float:
    """The smallest value that `percent` of the ordered values do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
